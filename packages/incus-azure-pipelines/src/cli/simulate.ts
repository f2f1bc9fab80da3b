import { writeFile } from 'node:fs/promises';
import { type CapacityFacts, conclusion, HEAD, introduction, rowOf } from '../capacity/capacity-text.js';
import { enough, type Forecast, forecast, poolOfSize, waitsOf } from '../capacity/forecast.js';
import { parseSizes } from '../capacity/sizes.js';
import { svgChart } from '../capacity/svg-chart.js';
import { formatTrace } from '../capacity/trace-file.js';
import { loadConfig } from '../config/load.js';
import { parseDuration } from '../lib/units.js';
import { UserError } from '../lib/user-error.js';
import type { DaemonSpec, PoolSpec } from '../model/pool.js';
import { printable } from '../report/printable.js';
import { capacityDurations } from './capacity-durations.js';
import { formatJson } from './format-json.js';
import type { Output } from './output.js';
import { ProgressDisplay } from './progress-display.js';
import { table } from './table.js';
import { type FoundJobs, jobsFromAzure, jobsFromTrace } from './traced-jobs.js';

export interface SimulateOptions {
  readonly config: string;
  readonly agents: string;
  readonly fromAzure?: string;
  readonly trace?: string;
  readonly pool?: string;
  readonly standby?: string;
  readonly offer?: readonly string[];
  readonly preparing?: string;
  readonly starting?: string;
  readonly saveTrace?: string;
  readonly svg?: string;
  readonly json?: boolean;
}

/**
 * Lets the jobs of a trace, or of an agent pool's past, come once more to this program's planner with other numbers of agents, and
 * prints how long they would have waited and what that would have cost. Changes nothing anywhere.
 *
 * @throws UserError for options that go together with nothing.
 */
export async function simulate(options: SimulateOptions, output: Output): Promise<void> {
  const sizes = parseSizes(options.agents);
  const standby = standbyOf(options.standby);
  const config = await loadConfig(options.config);
  const spec = poolNamed(config.spec, options.pool);
  const { durations, notes } = await capacityDurations(options, spec, config.spec.stateDirectory);
  const found = await jobsOf(options, config, spec);
  const { jobs } = found;
  const [first, last] = [jobs[0], jobs.at(-1)];
  if (first === undefined || last === undefined)
    throw new UserError(`there is no job to replay.${found.notes.map(note => ` ${note}`).join('')}`);
  if (options.saveTrace !== undefined) await save(options.saveTrace, formatTrace(jobs), 'the trace', output);
  const forecasts = replayAll(sizes, output, (agents, onProgress) =>
    forecast(jobs, poolOfSize(spec, agents, standby), {
      durations,
      azurePollIntervalMs: config.spec.azurePollIntervalMs,
      maxConcurrentCreates: config.spec.maxConcurrentCreates,
      onProgress,
    }),
  );
  if (options.svg !== undefined) await save(options.svg, svgChart(forecasts), 'the chart', output);
  const waited = jobs.flatMap(({ waitedMs }) => waitedMs ?? []);
  const facts: CapacityFacts = {
    pool: spec.name,
    jobs: jobs.length,
    fromAt: first.queuedAt,
    toAt: last.queuedAt,
    asItWas: waited.length === jobs.length ? waitsOf(waited) : undefined,
    notes: [...found.notes, ...notes],
    memoryBytes: spec.instance.memoryBytes,
  };
  if (!options.json) {
    const rows = table(HEAD, forecasts.map(rowOf), output.screen?.().columns);
    output.write(printable(`${introduction(facts)}\n${rows}\n${conclusion(forecasts, facts)}`));
    return;
  }
  const document = { ...facts, durations, sizes: forecasts, enough: enough(forecasts)?.agents };
  output.write(formatJson(document));
}

function replayAll(
  sizes: readonly number[],
  output: Output,
  replayWith: (agents: number, onProgress: (done: number) => void) => Forecast,
): readonly Forecast[] {
  const display = new ProgressDisplay(output);
  try {
    return sizes.map((agents, index) => {
      display.show({ kind: 'step', text: `agents: ${agents}`, step: index + 1, of: sizes.length });
      return replayWith(agents, done => display.show({ kind: 'part', text: '', done }));
    });
  } finally {
    display.end();
  }
}

async function jobsOf(
  { fromAzure, offer, trace }: SimulateOptions,
  config: Awaited<ReturnType<typeof loadConfig>>,
  spec: PoolSpec,
): Promise<FoundJobs> {
  if ((fromAzure === undefined) === (trace === undefined))
    throw new UserError('name the jobs with --from-azure DURATION, such as 14d, or with --trace FILE: one of the two');
  if (trace !== undefined) return jobsFromTrace(trace, spec, offer);
  const lastMs = parseDuration(fromAzure ?? '');
  if (lastMs === undefined || lastMs === 0)
    throw new UserError(`--from-azure ${fromAzure}: is no duration; write 14d, or 36h`);
  return jobsFromAzure(config, spec, { sinceAt: Date.now() - lastMs, offer });
}

function poolNamed({ pools }: DaemonSpec, name: string | undefined): PoolSpec {
  const names = pools.map(pool => pool.name).join(', ');
  const [only, ...others] = pools;
  if (name === undefined && only !== undefined && others.length === 0) return only;
  if (name === undefined) throw new UserError(`the configuration has several pools; choose one with --pool: ${names}`);
  const found = pools.find(pool => pool.name === name);
  if (found === undefined) throw new UserError(`--pool ${name}: the configuration has no such pool, but ${names}`);
  return found;
}

function standbyOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,4}$/.test(text))
    throw new UserError(`--standby ${text}: is no number of idle agents; write one from 0 on`);
  return Number(text);
}

async function save(path: string, text: string, what: string, { complain }: Output): Promise<void> {
  await writeFile(path, text).catch((cause: unknown) => {
    throw new UserError(`write ${what} to ${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  complain(`${what} is in ${path}\n`);
}
