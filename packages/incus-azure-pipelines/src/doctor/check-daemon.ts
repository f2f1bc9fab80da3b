import { howOften } from '../lib/times.js';
/** Judges the daemon by what it says of itself. Pure. */
import type { DaemonFact } from './facts.js';
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

function* troubles({ incus, pools }: Extract<DaemonFact, { kind: 'running' }>['status']): Generator<Finding> {
  const finding = (what: string, remedy: string) => yellow('daemon', { what, remedy });
  if (!incus.readable)
    yield finding(`the daemon cannot read Incus: ${incus.error ?? ''}`, 'the checks of Incus say more');
  for (const { azure, backingOff, drained, name, waiting } of pools) {
    if (!azure.readable)
      yield finding(`pool ${name} cannot read Azure: ${azure.error ?? ''}`, 'the checks of Azure say more');
    if (drained)
      yield finding(`pool ${name} is drained by a person`, `take it back with: incus-azure-pipelines resume ${name}`);
    else if (waiting !== undefined) yield finding(`pool ${name} waits: ${waiting}`, `${EXPLAIN} ${name}`);
    for (const { action, error, failures } of backingOff)
      if (error !== waiting)
        yield finding(`${action} in pool ${name} failed ${howOften(failures)}: ${error}`, `${EXPLAIN} ${name}`);
  }
}
