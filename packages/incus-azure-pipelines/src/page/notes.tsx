import type { ComponentChildren } from 'preact';
import type { Note } from './note.js';
import { tryAgain } from './pool-view.js';
import { now, today } from './stream.js';
import { clock, duration } from './words.js';

/** More jobs than this are of no help to anybody. */
const MOST_JOBS = 50;

/** A sentence of so many characters scrolls. */
const LONG = 800;

interface NotesProps {
  readonly label: string;
  readonly notes: readonly Note[];
}

/** Sentences, one below the other; jobs that one is about are told on demand. */
export function Notes({ label, notes }: NotesProps) {
  return (
    <ul class="notes" aria-label={label} hidden={notes.length === 0}>
      {notes.map(({ failure, key, kind, requests, text }) => (
        <li key={key} class={`note-${kind}`}>
          {requests === undefined ? (
            <Sentence isLong={text.length + (failure?.error.length ?? 0) > LONG}>
              {text}
              {failure && <Failure failure={failure} />}
            </Sentence>
          ) : (
            <Jobs text={text} requests={requests} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** What is long scrolls, and leaves room for what else there is. */
function Sentence({ children, isLong }: { readonly children: ComponentChildren; readonly isLong: boolean }) {
  if (!isLong) return <bdi>{children}</bdi>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="long" tabIndex={0} aria-label="All of it">
      <bdi>{children}</bdi>
    </section>
  );
}

/** It counts down in a part of its own, so that nothing else is drawn each second. */
function Failure({ failure: { error, retryAt } }: { readonly failure: NonNullable<Note['failure']> }) {
  return (
    <>
      , <Countdown retryAt={retryAt} />: {error}
    </>
  );
}

function Countdown({ retryAt }: { readonly retryAt: number }) {
  return <span>{tryAgain(retryAt, now.value)}</span>;
}

function Jobs({ requests, text }: { readonly requests: NonNullable<Note['requests']>; readonly text: string }) {
  const sorted = [...requests].sort((a, b) => a.since - b.since);
  const [oldest] = sorted;
  return (
    <details>
      <summary>
        <bdi>{text}</bdi>
        {oldest && <Waited since={oldest.since} before="; the first one waits for " />}
      </summary>
      <div class="wide">
        <table>
          <thead>
            <tr>
              {['request', 'job', 'queued', 'waits for'].map(title => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, MOST_JOBS).map(({ job, requestId, since }) => (
              <tr key={requestId}>
                <td>{requestId}</td>
                <td>
                  <bdi>{job}</bdi>
                </td>
                <td>{clock(since, today.value)}</td>
                <td>
                  <Waited since={since} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > MOST_JOBS && <p>and {sorted.length - MOST_JOBS} more that came after these</p>}
    </details>
  );
}

function Waited({ before, since }: { readonly before?: string; readonly since: number }) {
  return (
    <span class="waited">
      {before}
      {duration(now.value - since)}
    </span>
  );
}
