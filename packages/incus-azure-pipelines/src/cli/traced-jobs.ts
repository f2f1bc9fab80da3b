import { parseTrace } from '../capacity/trace-file.js';
import { readTextFile } from '../config/files.js';
import type { LoadedConfig } from '../config/load.js';
import { systemClock } from '../lib/clock.js';
import { Identities } from '../lib/identity/identities.js';
import { findInstallation } from '../lib/installation.js';
import { UserError } from '../lib/user-error.js';
import { birthOf } from '../model/agent-name.js';
import type { PoolSpec } from '../model/pool.js';
import type { Offer } from '../model/queue.js';
import type { TracedJob } from '../model/trace.js';
import { ableJobs } from '../observe/able-jobs.js';
import { openAzure } from '../observe/clients.js';
import { type JobHistory, readJobHistory } from '../observe/job-history.js';
import { registeredWith } from '../observe/offers.js';

/** Jobs to be replayed, and sentences on where they are from and what is left out of them. */
export interface FoundJobs {
  readonly jobs: readonly TracedJob[];
  readonly notes: readonly string[];
}

const LIMIT_BYTES = 64 * 2 ** 20;
const DEADLINE_MS = 180_000;
const MOST_DEMANDS_TOLD = 5;

/** Reads a trace. Its demands count only where `offer` says what the agents would offer. @throws UserError where it cannot be used. */
export async function jobsFromTrace(path: string, pool: PoolSpec, offer?: readonly string[]): Promise<FoundJobs> {
  const file = await readTextFile(path, { limitBytes: LIMIT_BYTES });
  if ('problem' in file)
    throw new UserError(`${path}: ${file.problem}; ${file.remedy ?? 'name a trace with --trace FILE'}`);
  const jobs = parseTrace(file.text, path);
  return offer === undefined ? { jobs, notes: [] } : withoutUnable(jobs, { ...ownOffer(pool), ...read(offer) });
}

/** Reads the history of the pool's agent pool. Changes nothing there. @throws UserError where that cannot be used. */
export async function jobsFromAzure(
  config: LoadedConfig,
  pool: PoolSpec,
  { offer = [], sinceAt }: { readonly sinceAt: number; readonly offer?: readonly string[] | undefined },
): Promise<FoundJobs> {
  const installation = await findInstallation(config.spec.stateDirectory);
  using identities = new Identities(config.credentials, systemClock);
  const dispatcher = config.wayOut.open();
  const client = openAzure(pool, identities.of(pool.name), dispatcher);
  try {
    const isOurs = (name: string) =>
      installation !== undefined &&
      name.startsWith(`${pool.agentPrefix}-`) &&
      birthOf(name, installation.owner) !== undefined;
    const options = { client, agentPool: pool.azure.agentPool, sinceAt, isOurs };
    const history = await readJobHistory(options, AbortSignal.timeout(DEADLINE_MS));
    const able = withoutUnable(history.jobs, { ...(history.offered ?? ownOffer(pool)), ...read(offer) });
    return { jobs: able.jobs, notes: [...notesOn(history, pool, sinceAt), ...able.notes] };
  } finally {
    await client.close();
    await dispatcher.destroy();
  }
}

function notesOn(history: JobHistory, { azure }: PoolSpec, sinceAt: number): readonly string[] {
  const { isCut, jobs, neverTaken, offered, unfinished } = history;
  const notes: string[] = [];
  const [oldest] = jobs;
  if (isCut && oldest !== undefined && oldest.queuedAt > sinceAt)
    notes.push('Azure was asked for no more jobs than these: what was queued before is left out.');
  if (neverTaken > 0) notes.push(`Left out: ${neverTaken} that ended before an agent had taken them.`);
  if (unfinished > 0) notes.push(`Left out: ${unfinished} that still wait or run.`);
  if (offered === undefined && jobs.length > 0)
    notes.push(
      `No idle agent of this installation is in ${azure.agentPool} to show what it offers: demands are held against what each is registered with, and --offer.`,
    );
  return notes;
}

function withoutUnable(jobs: readonly TracedJob[], offered: Offer['capabilities']): FoundJobs {
  const { able, unable, unmet } = ableJobs(jobs, offered);
  if (unable === 0) return { jobs, notes: [] };
  const most = [...unmet].sort(([, one], [, other]) => other - one).slice(0, MOST_DEMANDS_TOLD);
  const told = most.map(([demand, count]) => `${demand} (${count})`).join(', ');
  const rest = unmet.size > most.length ? `, and ${unmet.size - most.length} more` : '';
  return { jobs: able, notes: [`Left out: ${unable} that this pool cannot do, for what they demand: ${told}${rest}.`] };
}

/** What the pool's agents offer before one has told what it finds. */
function ownOffer({ capabilities = {} }: PoolSpec): Offer['capabilities'] {
  return { ...registeredWith(), ...lowered(Object.entries(capabilities)) };
}

function read(offer: readonly string[]): Offer['capabilities'] {
  return lowered(
    offer.map(text => {
      const at = text.indexOf('=');
      const name = at < 0 ? text : text.slice(0, at);
      if (name === '' || /\s/.test(name))
        throw new UserError(`--offer ${text}: is no capability; write NAME, or NAME=VALUE`);
      return [name, at < 0 ? '' : text.slice(at + 1)];
    }),
  );
}

function lowered(entries: readonly (readonly [string, string])[]): Offer['capabilities'] {
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}
