import { useEffect, useRef, useState } from 'preact/hooks';
import type { AgentLife, LastWords } from '../report/page-document.js';
import type { AgentStatus, StatusDocument } from '../report/status-document.js';
import { opened } from './drawer-state.js';
import { Mark } from './mark.js';
import { connection, memory, now, today } from './stream.js';
import { clock, duration } from './words.js';

/** All that is known of one agent, over the page: its phases, and its last lines once it has ended. */
export function Drawer() {
  const dialog = useRef<HTMLDialogElement>(null);
  const name = opened.value;
  useEffect(() => {
    if (name === undefined) dialog.current?.close();
    else if (dialog.current?.open === false) dialog.current.showModal();
  }, [name]);
  return (
    <dialog ref={dialog} class="drawer" aria-labelledby="drawer-title" onClose={() => (opened.value = undefined)}>
      {name !== undefined && <Agent key={name} name={name} />}
    </dialog>
  );
}

function Agent({ name }: { readonly name: string }) {
  const life = memory.value.lives.get(name);
  const agent = agentNamed(memory.value.status, name);
  const isOver = life?.endedAt !== undefined;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['pool', life?.pool],
    ['job', agent?.job ?? life?.job],
    ['request', String(agent?.requestId ?? life?.requestId ?? '')],
    ['result', life?.result],
    ['base', agent?.base ?? life?.base],
    [
      'ends',
      agent?.endsAt === undefined ? undefined : `not before ${clock(agent.endsAt, today.value)}: its job runs too long`,
    ],
    [
      'ended',
      life?.endedAt === undefined ? undefined : `${clock(life.endedAt, today.value)}: ${life.why ?? 'it is gone'}`,
    ],
  ];
  return (
    <>
      <header>
        <h2 id="drawer-title">{name}</h2>
        <button type="button" onClick={() => (opened.value = undefined)}>
          Close
        </button>
      </header>
      <dl class="facts">
        {facts.map(([term, text]) =>
          text ? (
            <div key={term}>
              <dt>{term}</dt>
              <dd>
                <bdi>{text}</bdi>
              </dd>
            </div>
          ) : null,
        )}
      </dl>
      <h3>Phases</h3>
      <ol class="phases">{life && phasesOf(life)}</ol>
      {isOver ? <LastLines name={name} why={life?.why} /> : <Whereabouts agent={agent} name={name} />}
    </>
  );
}

/** Whether it is there, as far as the page knows, and where to learn more of it. */
function Whereabouts({ agent, name }: { readonly agent: AgentStatus | undefined; readonly name: string }) {
  if (agent === undefined) return <p class="hint">It is not there any more, and nothing is known of its end.</p>;
  if (connection.value.kind === 'lost') return <p class="hint">It lived when the daemon was heard last.</p>;
  return (
    <p class="hint">
      It lives: its log is told by <code>incus-azure-pipelines logs {name} -f</code>
    </p>
  );
}

function phasesOf({ endedAt, phases }: AgentLife) {
  return phases.map(({ at, phase }, index) => (
    <li key={at}>
      <Mark phase={phase} /> {phase} <span class="age">from {clock(at, today.value)}</span>{' '}
      <span class="age">for {duration((phases[index + 1]?.at ?? endedAt ?? now.value) - at)}</span>
    </li>
  ));
}

/** They are asked for again once there is a reason: its record is there by then, and may not have been before. */
function LastLines({ name, why }: { readonly name: string; readonly why: string | undefined }) {
  const [text, setText] = useState('...');
  useEffect(() => {
    const gone = new AbortController();
    lastLinesOf(name, gone.signal).then(setText, () => !gone.signal.aborted && setText('they cannot be read now'));
    return () => gone.abort();
  }, [name, why]);
  return (
    <>
      <h3 id="last-lines">Last lines</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section class="lines" tabIndex={0} aria-labelledby="last-lines">
        <pre>{text}</pre>
      </section>
    </>
  );
}

async function lastLinesOf(name: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(`deaths/${encodeURIComponent(name)}`, { signal });
  if (!answer.ok) return 'none are kept';
  const { lastLines } = (await answer.json()) as LastWords;
  return lastLines === '' ? 'it left none' : lastLines;
}

function agentNamed(status: StatusDocument | undefined, name: string): AgentStatus | undefined {
  const pools = [...(status?.pools ?? []), ...(status?.removed ?? [])];
  return pools.flatMap(pool => pool.agents).find(agent => agent.name === name);
}
