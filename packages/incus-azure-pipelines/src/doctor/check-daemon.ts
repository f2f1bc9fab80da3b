/** Judges the daemon by what it says of itself. Pure. */
import { howOften } from '../lib/times.js';
import type { DaemonBackOff, DaemonFact, DaemonPool, DaemonStatus } from './facts.js';
import { type Finding, green, red, yellow } from './finding.js';

const EXPLAIN = 'incus-azure-pipelines explain';

/** One finding where all is well, else one for each thing that is not. */
export function checkDaemon(daemon: DaemonFact): Finding[] {
  const check = 'daemon';
  switch (daemon.kind) {
    case 'absent':
      return [
        yellow(check, {
          what: `no daemon runs (${daemon.error.split(';', 1)[0] ?? ''})`,
          remedy: 'start it: systemctl start incus-azure-pipelines',
        }),
      ];
    case 'unreached':
      return [yellow(check, { what: daemon.error, remedy: 'ask as root, or name its socket with --socket' })];
    case 'other-release':
      return [
        yellow(check, {
          what: daemon.error.split(';', 1)[0] ?? '',
          remedy: 'restart it, which ends no job: systemctl restart incus-azure-pipelines',
        }),
      ];
    case 'failing':
      return [red(check, { what: daemon.error, remedy: 'see its log: journalctl -u incus-azure-pipelines' })];
    case 'running': {
      const wrong = [...troubles(daemon.status)];
      return wrong.length > 0 ? wrong : [green(check, 'the daemon runs, and has what it wants or is about to')];
    }
  }
}

function* troubles({ configuration, incus, pools, removed, unwrittenEnds }: DaemonStatus): Generator<Finding> {
  if (!incus.readable)
    yield finding(`the daemon cannot read Incus: ${incus.error ?? ''}`, 'the checks of Incus say more');
  if (configuration?.refused)
    yield finding(
      `the daemon does not take its configuration as it is now, and goes on with the one before: ${configuration.refused.why}`,
      `mend ${configuration.file}; it is taken by itself`,
    );
  if (unwrittenEnds)
    yield finding(
      `the ends of ${unwrittenEnds.count} agents could not be written down: ${unwrittenEnds.error}`,
      'make room in the state directory, or give it back to the user of the service',
    );
  for (const pool of pools) yield* troublesOf(pool);
  for (const { backingOff, fate, name, unread } of removed) {
    const where = `removed pool ${name}`;
    if (unread)
      yield finding(`agents of ${where} are in an agent pool that nobody reads: ${fate}`, `${EXPLAIN} ${name}`);
    yield* failures(where, name, backingOff);
  }
}

function* troublesOf({
  azure,
  backingOff,
  drained,
  name,
  queue,
  tokenRefusedSince,
  waiting,
}: DaemonPool): Generator<Finding> {
  if (!azure.readable)
    yield finding(`pool ${name} cannot read Azure: ${azure.error ?? ''}`, 'the checks of Azure say more');
  else if (queue?.followed && queue.unread)
    yield finding(`pool ${name} cannot read its queue: ${queue.unread.error}`, 'the checks of Azure say more');
  if (tokenRefusedSince !== undefined)
    yield finding(
      `the latest token of pool ${name} is refused, and the one before it is used`,
      'put another token in its place before the old one ends',
    );
  if (drained)
    yield finding(`pool ${name} is drained by a person`, `take it back with: incus-azure-pipelines resume ${name}`);
  else if (waiting !== undefined) yield finding(`pool ${name} waits: ${waiting}`, `${EXPLAIN} ${name}`);
  yield* failures(
    `pool ${name}`,
    name,
    backingOff.filter(({ error }) => error !== waiting),
  );
}

function* failures(where: string, pool: string, backingOff: readonly DaemonBackOff[]): Generator<Finding> {
  for (const { action, error, failures } of backingOff)
    yield finding(`${action} in ${where} failed ${howOften(failures)}: ${error}`, `${EXPLAIN} ${pool}`);
}

function finding(what: string, remedy: string): Finding {
  return yellow('daemon', { what, remedy });
}
