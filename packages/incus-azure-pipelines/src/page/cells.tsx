import { useMemo, useRef, useState } from 'preact/hooks';
import type { AgentStatus } from '../report/status-document.js';
import { opened } from './drawer-state.js';
import { Mark } from './mark.js';
import { LOOKS } from './phases.js';
import { now, today } from './stream.js';
import { clock, duration, shortName } from './words.js';

/** With more agents than this, a cell shows the phase alone; who goes to it is told the rest. */
const MOST_ROOMY = 100;

interface CellsProps {
  readonly pool: string;
  readonly agents: readonly AgentStatus[];
}

/** The agents of a pool, each as a cell: one stop of the tabulator for all, arrows between them, Enter for more. */
export function Cells({ agents, pool }: CellsProps) {
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState('');
  const isRoomy = agents.length <= MOST_ROOMY;
  // Where the stop is in the list: when its agent goes, the one that comes after it is the stop.
  const index = useRef(0);
  const found = agents.findIndex(({ name }) => name === active);
  index.current = found < 0 ? Math.min(index.current, Math.max(agents.length - 1, 0)) : found;
  const stop = agents[index.current]?.name;
  if (agents.length === 0) return <p class="none">no agent is there</p>;
  return (
    <div
      ref={list}
      class={isRoomy ? 'cells roomy' : 'cells compact'}
      role="listbox"
      aria-label={`Agents of ${pool}`}
      aria-orientation="horizontal"
      onKeyDown={event => move(event, list.current)}
      onFocusIn={event => setActive(cellOf(event.target)?.dataset.name ?? '')}
      onClick={event => open(cellOf(event.target))}
    >
      {agents.map(agent => (
        <Cell
          key={agent.name}
          agent={agent}
          isRoomy={isRoomy}
          isStop={agent.name === stop}
          isOpen={opened.value === agent.name}
        />
      ))}
    </div>
  );
}

interface CellProps {
  readonly agent: AgentStatus;
  readonly isRoomy: boolean;
  readonly isStop: boolean;
  readonly isOpen: boolean;
}

function Cell({ agent, isOpen, isRoomy, isStop }: CellProps) {
  const { drained, job, name, phase, since } = agent;
  const day = today.value;
  // Agents come anew with each document; what is shown of one changes seldom.
  return useMemo(() => {
    const label = [name, phase, job, `since ${clock(since, day)}`, drained && 'drained by a person']
      .filter(Boolean)
      .join(', ');
    return (
      <div
        class={`cell tone-${LOOKS[phase].tone}`}
        role="option"
        aria-selected={isOpen}
        aria-label={isRoomy ? undefined : label}
        title={isRoomy ? undefined : label}
        tabIndex={isStop ? 0 : -1}
        data-name={name}
        data-phase={phase}
      >
        <Mark phase={phase} />
        {isRoomy && (
          <>
            <span class="phase">{drained ? `${phase}, drained` : phase}</span>
            <Age since={since} />
            <span class="name">{shortName(name)}</span>
            <bdi class="job">{job}</bdi>
          </>
        )}
      </div>
    );
  }, [name, phase, since, job, drained, isRoomy, isStop, isOpen, day]);
}

function Age({ since }: { readonly since: number }) {
  return <span class="age">{duration(now.value - since)}</span>;
}

function cellOf(target: EventTarget | null): HTMLElement | undefined {
  return target instanceof Element ? (target.closest<HTMLElement>('[role="option"]') ?? undefined) : undefined;
}

function open(cell: HTMLElement | undefined): void {
  if (cell?.dataset.name !== undefined) opened.value = cell.dataset.name;
}

function move(event: KeyboardEvent, list: HTMLElement | null): void {
  const cell = cellOf(event.target);
  if (cell === undefined || list === null || event.ctrlKey || event.altKey || event.metaKey) return;
  const cells = [...list.querySelectorAll<HTMLElement>('[role="option"]')];
  const next = goal(event.key, cell, cells);
  if (next === undefined && event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  if (next === undefined) open(cell);
  else next.focus();
}

function goal(key: string, cell: HTMLElement, cells: readonly HTMLElement[]): HTMLElement | undefined {
  const index = cells.indexOf(cell);
  switch (key) {
    case 'ArrowRight':
      return cells[index + 1] ?? cell;
    case 'ArrowLeft':
      return cells[index - 1] ?? cell;
    case 'ArrowDown':
      return cells.slice(index).find(other => isBelow(other, cell)) ?? cell;
    case 'ArrowUp':
      return cells.slice(0, index).findLast(other => isBelow(cell, other)) ?? cell;
    case 'Home':
      return cells[0];
    case 'End':
      return cells.at(-1);
    default:
      return undefined;
  }
}

/** In a later row, and not more to the left or right than a cell is wide. */
function isBelow(lower: HTMLElement, upper: HTMLElement): boolean {
  return lower.offsetTop > upper.offsetTop && Math.abs(lower.offsetLeft - upper.offsetLeft) < upper.offsetWidth / 2;
}
