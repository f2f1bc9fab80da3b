import { join } from 'node:path';
import { runCommand } from '../../testbed/run-command.js';
import { workTree } from '../../testbed/work-tree.js';
import type { Figure, Outcome } from '../report/outcome.js';
import { spread } from '../report/words.js';
import { summarise } from '../statistics.js';
import type { Workbench } from '../workbench.js';

const AGENTS = [64, 600] as const;
const GOAL_MS = 1_000;
const DEADLINE_MS = 180_000;

interface Times {
  readonly page: readonly number[];
  /** Of a page with nothing but an event source and one element. */
  readonly floor: readonly number[];
}

/** How far what the page shows is behind what is, in the distribution's Chromium. */
export async function measurePage({ say, signal }: Workbench): Promise<Outcome> {
  const program = join(workTree(), 'build/simulation/test/page-latency.js');
  const folder = join(workTree(), 'packages/incus-azure-pipelines/bundle/page');
  const raw: Record<string, Times> = {};
  for (const agents of AGENTS) {
    const options = { signal, deadlineMs: DEADLINE_MS };
    const times: Times = JSON.parse(await runCommand(process.execPath, [program, String(agents), folder], options));
    raw[agents] = times;
    say(`page with ${agents} agents: ${spread(summarise(times.page))}`);
  }
  return {
    name: 'page',
    conditions:
      "the daemon's own routes with agents that are moved, after an hour of jobs; Chromium without a screen; each change as soon as the one before is drawn, and so within the quarter of a second in which a page is told nothing more",
    figures: Object.entries(raw).map(([agents, times]) => figureOf(agents, times)),
    tables: [],
    raw,
  };
}

function figureOf(agents: string, { floor, page }: Times): Figure {
  const [measured, least] = [summarise(page), summarise(floor)];
  return {
    figure: `the page with ${agents} agents, from a pass that saw a change until it is drawn`,
    measured: spread(measured),
    floor: spread(least),
    ratio: measured && least && measured.median / least.median,
    goal: `≤ ${GOAL_MS} ms, each`,
    isMet: measured && measured.max <= GOAL_MS,
  };
}
