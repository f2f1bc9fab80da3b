/** What may be wrong with a server, an agent pool or a token. */
import { checkAzure } from '../../src/doctor/check-azure.js';
import type { AzureFacts, PlaceholderFact } from '../../src/doctor/facts.js';
import type { Finding } from '../../src/doctor/finding.js';
import { anAzure } from '../doctor-facts.js';
import type { Fault } from './fault.js';

const BASE = { name: 'iap-base-a1b2c3-0', agentVersion: '4.275.0', docker: true, pools: ['agents'] };

/** What the doctor says of an Azure where all is well but for what is given. */
export function judgedAzure(given: Partial<AzureFacts> = {}): readonly Finding[] {
  return checkAzure(anAzure(given), [BASE]);
}

const unread = (error: string, kind?: 'unreachable' | 'timeout' | 'credentials' | 'forbidden' | 'not-found') =>
  ({ pool: { known: false, error, ...(kind && { kind }) } }) as const;
const found = (pool: object) => ({ pool: { known: true, value: { id: 7, name: 'agents', ...pool } } }) as const;

const placeholder = (state: PlaceholderFact['state']) =>
  ({
    placeholders: {
      known: true,
      value: [{ name: 'placeholder_a1b2c3_0badcafe', ...(state === 'unwanted' ? {} : { pool: 'night' }), state }],
    },
  }) as const;

const TABLE: readonly (readonly [string, Partial<AzureFacts>, RegExp])[] = [
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
    /^yellow parallel-jobs: .*may run 1 job .* up to 3 agents: .* -> buy parallel jobs \(Organization settings/,
  ],
  [
    'the placeholder of a pool that may be empty is missing',
    placeholder('missing'),
    /^yellow placeholder: pool night may be empty, and its placeholder placeholder_a1b2c3_0badcafe is missing: .* -> start the daemon/,
  ],
  [
    'a person has disabled the placeholder of a pool',
    placeholder('disabled'),
    /^yellow placeholder: .* of pool night is disabled, .* -> enable it in Azure, or start the daemon/,
  ],
  [
    'somebody is online as the placeholder of a pool',
    placeholder('online'),
    /^red placeholder: somebody is online as placeholder_a1b2c3_0badcafe, .* -> delete this agent in Azure/,
  ],
  [
    'a placeholder is left that no pool wants',
    placeholder('unwanted'),
    /^yellow placeholder: .*: jobs may wait for nobody -> start the daemon, which removes it/,
  ],
];

/** Each alone in an Azure where all else is well. */
export const AZURE_FAULTS: readonly Fault[] = TABLE.map(([name, given, says]) => [name, judgedAzure(given), [says]]);
