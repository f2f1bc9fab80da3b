import {
  type ActionKind,
  PREPARATION,
  REGISTRATION,
  TRIAL,
} from '../packages/incus-azure-pipelines/src/model/action.js';
import { AGENT_PHASES } from '../packages/incus-azure-pipelines/src/model/agent.js';
import { END_REASONS } from '../packages/incus-azure-pipelines/src/model/end.js';
import { failureReason } from '../packages/incus-azure-pipelines/src/report/failure-reason.js';
import { selectedIn } from './promql.js';

/** Each is named here, or this does not compile. */
const KINDS: Readonly<Record<ActionKind, true>> = {
  'build-base': true,
  'delete-base': true,
  'prove-base': true,
  'create-instance': true,
  'activate-agent': true,
  'listen-agent': true,
  'enable-agent': true,
  'collect-log': true,
  'disable-agent': true,
  'delete-registration': true,
  'keep-placeholder': true,
  'remove-placeholder': true,
  'delete-instance': true,
  'ask-prepared': true,
  'warn-of-end': true,
  'give-way': true,
  'remove-doorbell': true,
};

/** What a label may say, by its name, or by its metric and its name where those differ. */
const CLOSED: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['phase', AGENT_PHASES],
  ['action', [...Object.keys(KINDS), TRIAL, PREPARATION, REGISTRATION]],
  ['outcome', ['done', 'failed']],
  ['iap_deaths_total reason', END_REASONS],
  ['iap_action_failures_total reason', [failureReason(new Error('the storage pool is full'))]],
  ['iap_readable of', ['incus', 'azure']],
  ['told_by', ['host', 'guest']],
  ['to', ['incus', 'azure']],
  ['quantile', ['0.5', '0.99']],
]);
/** Labels whose values are others' words. */
const OPEN: ReadonlySet<string> = new Set(['job', 'instance', 'pool', 'route', 'status']);

/** Values by which an expression selects, and which no series has; a label of which nobody says here what it may say is one. */
export function strangeValuesIn(expr: string): readonly string[] {
  return selectedIn(expr).flatMap(({ alternatives, label, metric }) => {
    if (OPEN.has(label)) return [];
    const known = CLOSED.get(`${metric} ${label}`) ?? CLOSED.get(label) ?? [];
    return alternatives.filter(value => !known.includes(value)).map(value => `${metric}{${label}="${value}"}`);
  });
}
