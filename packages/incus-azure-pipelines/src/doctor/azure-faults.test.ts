import { expect, test } from 'vitest';
import { anAzure } from '../../test/doctor-facts.js';
import { checkAzure } from './check-azure.js';
import { checkDaemon } from './check-daemon.js';
import type { AzureFacts, DaemonFact } from './facts.js';
import type { Finding } from './finding.js';

const BASE = { name: 'iap-base-a1b2c3-0', agentVersion: '4.275.0', docker: true, pools: ['agents'] };

function wrong(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ colour }) => colour === 'red' || colour === 'yellow')
    .map(({ check, colour, remedy, says }) => `${colour} ${check}: ${says} -> ${remedy}`);
}

const judged = (given: Partial<AzureFacts> = {}) => checkAzure(anAzure(given), [BASE]);
const unread = (error: string, kind?: 'unreachable' | 'timeout' | 'credentials' | 'forbidden' | 'not-found') =>
  ({ pool: { known: false, error, ...(kind && { kind }) } }) as const;
const found = (pool: object) => ({ pool: { known: true, value: { id: 7, name: 'agents', ...pool } } }) as const;

test('where all is well everything is green that this token is told, and the rest says where to look', () => {
  const others = judged().filter(({ colour }) => colour !== 'green');
  expect(others.map(({ check, colour, says }) => `${colour} ${check}: ${says}`)).toEqual([
    expect.stringMatching(/^grey pipelines: .*Project settings, Agent pools/),
  ]);
});

test('where this token is not told how many jobs may run at once, it says where to look', () => {
  const findings = judged({ parallelJobs: { known: false, error: '403 AccessDenied' } });
  expect(wrong(findings)).toEqual([]);
  expect(findings.find(({ check }) => check === 'parallel-jobs')).toMatchObject({
    colour: 'grey',
    says: expect.stringMatching(/403 AccessDenied.*Organization settings, Parallel jobs/),
  });
});

test.each<[string, Partial<AzureFacts>, RegExp]>([
  [
    'the server is not reached',
    unread('getaddrinfo ENOTFOUND dev.azure.com', 'unreachable'),
    /^red azure-server: getaddrinfo ENOTFOUND.* -> see that this host reaches/,
  ],
  [
    'the server does not answer in time',
    unread('no whole answer', 'timeout'),
    /^red azure-server: .* -> see what slows/,
  ],
  ['the organisation is misspelt', unread('404', 'not-found'), /^red azure-server: .* -> correct azure\.url/],
  [
    'the token is refused',
    unread('the token was refused', 'credentials'),
    /^red azure-token: .* -> make a token with the scope/,
  ],
  [
    'a token of Entra is refused',
    { ...unread('the token was refused', 'credentials'), token: 'bearer' },
    /^red azure-token: .* -> add the identity that it is for/,
  ],
  [
    'the token may not read pools',
    unread('403', 'forbidden'),
    /^red azure-token: .* -> the token is known and may not read agent pools: make a token with the scope/,
  ],
  [
    'a token of Entra may not read pools',
    { ...unread('403', 'forbidden'), token: 'bearer' },
    /^red azure-token: .* -> the token is known and may not read agent pools: make the identity .* Administrator/,
  ],
  [
    'the file of the token cannot be read',
    unread('ENOENT: /etc/token'),
    /^red azure-token: .* -> mend what azure\.pat or azure\.auth/,
  ],
  [
    'there is no such agent pool',
    { pool: { known: true, value: undefined } },
    /^red agent-pool: no agent pool "agents"/,
  ],
  ['the agent pool is hosted', found({ isHosted: true }), /^red agent-pool: .*is hosted by Microsoft/],
  [
    'the agent pool belongs to a scale set',
    found({ options: 'elasticPool' }),
    /^red agent-pool: .*belongs to a scale set/,
  ],
  ['the agent pool is for deployments', found({ poolType: 'deployment' }), /^red agent-pool: .*deployment pool/],
  [
    'the token may only look',
    { manages: { known: true, value: false } },
    /^red permission-manage: .* -> make its user Administrator/,
  ],
  ['the token may not even look', { views: { known: true, value: false } }, /^red permission-view/],
  [
    'the token reaches further',
    { manageable: { known: true, value: ['Agents', 'windows', 'a', 'b', 'c'] } },
    /^yellow token-reach: .* of 4 other pools: "windows", "a", "b", \.\.\. -> sign in as a user that is .* "agents" alone/,
  ],
  ['the token ends soon', { endsInMs: 12.5 * 86_400_000 }, /^yellow token-end: .* good for 12 days more -> make a new/],
  ['the token has ended', { endsInMs: -3 * 86_400_000 }, /^red token-end: .* has expired 3 days ago -> make a new/],
  [
    'clocks differ',
    { aheadMs: 90_000 },
    /^yellow clock: this host's clock is 90 s behind the server's -> set the clock/,
  ],
  [
    'clocks differ by too much for tokens',
    { aheadMs: -600_000 },
    /^red clock: this host's clock is 600 s ahead of the server's/,
  ],
  [
    'the server offers no agent',
    { newestAgent: { known: false, error: 'the server offers none' } },
    /^red agent-version: the server offers none/,
  ],
  [
    'the base has an older agent',
    { ...found({ autoUpdate: false }), newestAgent: { known: true, value: '4.280.0' } },
    /^yellow agent-version: base iap-base-a1b2c3-0 has agent 4\.275\.0, and the server offers 4\.280\.0/,
  ],
  [
    'the host is refused where it must register',
    { wanted: 'host', registration: { known: true, value: { kind: 'refused', step: 'session', why: 'no' } } },
    /^red registration: .*at session: no -> use registration: auto/,
  ],
  [
    'the host is refused where guests may register',
    { registration: { known: true, value: { kind: 'refused', step: 'session', why: 'no' } } },
    /^yellow registration: .* -> guests register themselves/,
  ],
  [
    'agents get no identity of their own',
    { registration: { known: false, error: 'the server answered without "authorization"' } },
    /^red registration: .* -> such a server is safe in no mode/,
  ],
  [
    'it is not clear who may register',
    { registration: { known: true, value: { kind: 'unclear', why: '503', retryAfterMs: undefined } } },
    /^yellow registration: it is not clear/,
  ],
  [
    'fewer jobs may run at once than there are agents',
    { parallelJobs: { known: true, value: 1 }, agents: 3 },
    /^yellow parallel-jobs: .*may run 1 jobs .* up to 3 agents: .* -> buy parallel jobs \(Organization settings/,
  ],
])('finds that %s, alone', (_, given, says) => {
  expect(wrong(judged(given))).toEqual([expect.stringMatching(says)]);
});

test('without a base that was seen, none is said to be missing', () => {
  const says = checkAzure(anAzure(), []).find(({ check }) => check === 'agent-version')?.says;
  expect(says).toBe('the server offers agent 4.275.0; no base was seen to have it or not');
});

test('a server that updates agents does so for each agent of a base that is behind', () => {
  expect(wrong(judged({ newestAgent: { known: true, value: '4.280.0' } }))).toEqual([
    expect.stringMatching(/^yellow agent-version/),
    expect.stringMatching(/^yellow auto-update: .*each one of an older base loads another agent/),
  ]);
});

test.each<[string, DaemonFact, readonly RegExp[]]>([
  [
    'none runs',
    { kind: 'absent', error: 'no daemon answers; start it' },
    [/^yellow daemon: no daemon runs \(no daemon answers\) -> start it/],
  ],
  ['it may not be asked', { kind: 'unreached', error: 'EACCES' }, [/^yellow daemon: EACCES -> ask as root/]],
  ['it fails', { kind: 'failing', error: 'ENOSPC' }, [/^red daemon: ENOSPC -> see its log/]],
])('of the daemon says that %s', (_, fact, says) => {
  expect(wrong(checkDaemon(fact))).toEqual(says.map(pattern => expect.stringMatching(pattern)));
});

test('a daemon that waits says for what, pool by pool, and one that does not is green', () => {
  const pool = { name: 'linux', live: 0, target: 2, drained: false, azure: { readable: true }, backingOff: [] };
  const saying = (given: object) =>
    checkDaemon({ kind: 'running', status: { incus: { readable: true }, pools: [{ ...pool, ...given }] } });
  expect(saying({}).map(({ colour }) => colour)).toEqual(['green']);
  expect(wrong(saying({ waiting: 'the base could not be built' }))).toEqual([
    'yellow daemon: pool linux waits: the base could not be built -> incus-azure-pipelines explain linux',
  ]);
  expect(wrong(saying({ drained: true, waiting: 'drained by a person' }))).toEqual([
    'yellow daemon: pool linux is drained by a person -> take it back with: incus-azure-pipelines resume linux',
  ]);
  const failure = { action: 'disable-agent', failures: 3, error: 'forbidden' };
  expect(wrong(saying({ backingOff: [failure] }))).toEqual([expect.stringContaining('failed 3 times: forbidden')]);
});
