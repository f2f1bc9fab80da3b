import { keyOf } from '../model/action.js';
import type { BaseRecord } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import type { Progress } from '../model/progress.js';
import { chooseBases, isProven } from '../plan/bases.js';
import { printable, printableLine } from './printable.js';

/** What `base list` shows, and what the control socket answers to `/bases`. */
export interface BasesDocument {
  readonly bases: readonly BaseStatus[];
  /** By pool: why it is not known which base it wants. */
  readonly unknown: Readonly<Record<string, string>>;
}

interface BaseStatus {
  readonly name: string;
  readonly state: 'ready' | 'building' | 'half-made' | 'not built';
  /** What it is kept for, a reason each; none when it may go. */
  readonly uses: readonly string[];
  /** Whether an agent copied from it was online. */
  readonly proven: boolean;
  /** How many instances were made from it. */
  readonly copies: number;
  readonly agentVersion?: string;
  readonly image?: string;
  /** Epoch ms. */
  readonly createdAt?: number;
  /** When its image and agent were last seen to be the newest, epoch ms. */
  readonly checkedAt?: number;
  readonly progress?: Progress;
  readonly failure?: { readonly error: string; readonly failures: number; readonly retryAt: number };
}

/** The bases that are there and those that are wanted, the newest first. Pure. */
export function basesDocument(
  desired: readonly PoolSpec[],
  observed: Observed,
  progressOf: (base: string) => Progress | undefined = () => undefined,
): BasesDocument {
  const there = [...(knownValue(observed.bases) ?? [])].sort((a, b) => b.createdAt - a.createdAt);
  const wanted = desired.flatMap(({ name }) => knownValue(observed.wantedBases.get(name)) ?? []);
  const missing = [...new Set(wanted)].filter(name => !there.some(base => base.name === name));
  const bases = [
    ...missing.map(name => ({ name, record: undefined })),
    ...there.map(record => ({ name: record.name, record })),
  ];
  const unknown = desired.flatMap(({ name }) => {
    const reading = observed.wantedBases.get(name);
    return reading?.known === false ? [[name, printable(reading.error)]] : [];
  });
  return {
    bases: bases.map(({ name, record }) => baseStatus(name, record, desired, observed, progressOf(name))),
    unknown: Object.fromEntries(unknown),
  };
}

function baseStatus(
  name: string,
  record: BaseRecord | undefined,
  desired: readonly PoolSpec[],
  observed: Observed,
  progress: Progress | undefined,
): BaseStatus {
  const copies = (knownValue(observed.agents) ?? []).filter(({ instance }) => instance?.base === name).length;
  const failure = observed.failures.get(keyOf({ kind: 'build-base', base: name, pool: '', reason: '' }));
  return {
    name,
    state: stateOf(name, record, observed),
    uses: usesOf(name, copies, desired, observed),
    proven: record !== undefined && isProven(record, observed),
    copies,
    ...(record?.ready
      ? {
          agentVersion: printableLine(record.agentVersion),
          image: printableLine(record.image),
          createdAt: record.createdAt,
          checkedAt: record.checkedAt,
        }
      : {}),
    ...(progress === undefined ? {} : { progress: { ...progress, text: printable(progress.text) } }),
    ...(failure === undefined
      ? {}
      : { failure: { error: printable(failure.error), failures: failure.count, retryAt: failure.retryAt } }),
  };
}

function stateOf(name: string, record: BaseRecord | undefined, observed: Observed): BaseStatus['state'] {
  if (record?.ready) return 'ready';
  if (observed.inFlight.some(action => action.kind === 'build-base' && action.base === name)) return 'building';
  return record === undefined ? 'not built' : 'half-made';
}

function usesOf(name: string, copies: number, desired: readonly PoolSpec[], observed: Observed): string[] {
  const uses = desired.flatMap(spec => {
    const { base, tried } = chooseBases(spec, observed);
    if (tried?.name === name) return [`tried by ${spec.name}`];
    if (base?.name === name) return [`serves ${spec.name}`];
    return knownValue(observed.wantedBases.get(spec.name)) === name ? [`wanted by ${spec.name}`] : [];
  });
  return copies === 0 ? uses : [...uses, `${copies} ${copies === 1 ? 'instance was' : 'instances were'} made from it`];
}
