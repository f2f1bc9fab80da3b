/** What a daemon may say of itself. */
import { checkDaemon } from '../../src/doctor/check-daemon.js';
import type { DaemonFact } from '../../src/doctor/facts.js';
import type { Fault } from './fault.js';

const POOL = { name: 'linux', live: 0, target: 2, drained: false, azure: { readable: true }, backingOff: [] };

/** One that runs, with a pool where all is well but for what is given. */
export function aRunningDaemon(given: object = {}, others: object = {}): DaemonFact {
  return {
    kind: 'running',
    status: { incus: { readable: true }, pools: [{ ...POOL, ...given }], removed: [], ...others },
  };
}

const TABLE: readonly (readonly [string, DaemonFact, RegExp])[] = [
  [
    'no daemon runs',
    { kind: 'absent', error: 'no daemon answers; start it' },
    /^yellow daemon: no daemon runs \(no daemon answers\) -> start it/,
  ],
  ['the daemon may not be asked', { kind: 'unreached', error: 'EACCES' }, /^yellow daemon: EACCES -> ask as root/],
  [
    'the daemon is of another release',
    { kind: 'other-release', error: 'the daemon is of release 0.0.9, and this program of 0.1.0; restart it' },
    /^yellow daemon: the daemon is of release 0.0.9, and this program of 0.1.0 -> restart it, which ends no job: systemctl restart/,
  ],
  ['the daemon fails', { kind: 'failing', error: 'ENOSPC' }, /^red daemon: ENOSPC -> see its log/],
  [
    'a pool waits',
    aRunningDaemon({ waiting: 'the base could not be built' }),
    /^yellow daemon: pool linux waits: the base could not be built -> incus-azure-pipelines explain linux$/,
  ],
  [
    'a pool is drained',
    aRunningDaemon({ drained: true, waiting: 'drained by a person' }),
    /^yellow daemon: pool linux is drained by a person -> .*: incus-azure-pipelines resume linux$/,
  ],
  [
    'an action fails again and again',
    aRunningDaemon({ backingOff: [{ action: 'disable-agent', failures: 3, error: 'forbidden' }] }),
    /^yellow daemon: disable-agent in pool linux failed 3 times: forbidden -> /,
  ],
  [
    'the daemon cannot read Azure',
    aRunningDaemon({ azure: { readable: false, error: 'the token was refused' } }),
    /^yellow daemon: pool linux cannot read Azure: the token was refused -> the checks of Azure say more$/,
  ],
  [
    'the daemon cannot read a queue',
    aRunningDaemon({ queue: { followed: true, unread: { since: 1, error: 'HTTP 500' } } }),
    /^yellow daemon: pool linux cannot read its queue: HTTP 500 -> the checks of Azure say more$/,
  ],
  [
    'Azure refuses the latest token',
    aRunningDaemon({ tokenRefusedSince: 1 }),
    /^yellow daemon: the latest token of pool linux is refused, and the one before it is used -> put another/,
  ],
  [
    'a changed configuration was refused',
    aRunningDaemon(
      {},
      { configuration: { file: '/etc/c.yaml', takenAt: 1, refused: { at: 2, why: 'c.yaml:2:1: no' } } },
    ),
    /^yellow daemon: the daemon does not take its configuration .*: c.yaml:2:1: no -> mend \/etc\/c.yaml; it is taken by itself$/,
  ],
  [
    'ends of agents could not be written down',
    aRunningDaemon({}, { unwrittenEnds: { count: 2, lastAt: 1, error: 'ENOSPC' } }),
    /^yellow daemon: the ends of 2 agents could not be written down: ENOSPC -> make room/,
  ],
  [
    'nobody reads where a removed pool has agents',
    aRunningDaemon(
      {},
      { removed: [{ name: 'old', fate: 'left to end', unread: true, agents: [], underWay: [], backingOff: [] }] },
    ),
    /^yellow daemon: agents of removed pool old are in an agent pool that nobody reads: left to end -> .*explain old$/,
  ],
  [
    'what a removed pool has left cannot be deleted',
    aRunningDaemon(
      {},
      {
        removed: [
          {
            name: 'old',
            fate: 'drained',
            unread: false,
            backingOff: [{ action: 'delete-instance', failures: 1, error: 'busy' }],
          },
        ],
      },
    ),
    /^yellow daemon: delete-instance in removed pool old failed once: busy -> .*explain old$/,
  ],
];

/** Each alone. */
export const DAEMON_FAULTS: readonly Fault[] = TABLE.map(([name, fact, says]) => [name, checkDaemon(fact), [says]]);
