import { connectAzurePipelines } from 'azure-pipelines-client';
import { request } from 'undici';
import { goOnline, makeAgentKey } from '../../azure-pipelines-client/test/listener.js';
import {
  type Emulator,
  type EmulatorOptions,
  manualClock,
  startEmulator,
} from '../../azure-pipelines-emulator/src/index.js';

/** One job that is over when the test begins. */
export interface PastJob {
  readonly waitsMs: number;
  readonly runsMs: number;
  readonly demands?: readonly string[];
}

const AGENT_NAME = 'foreign';
/** Nobody renews a lock or polls here. */
const LONG_MS = 86_400_000;

/** An emulator whose agent pool has had these jobs, one after another; `endedAt` is its time now (epoch ms). */
export async function startWithPast(
  jobs: readonly PastJob[],
  given: Pick<EmulatorOptions, 'token'> = {},
): Promise<{ readonly emulator: Emulator; readonly endedAt: number }> {
  const spentMs = jobs.reduce((sum, { runsMs, waitsMs }) => sum + runsMs + waitsMs, 0);
  const clock = manualClock(Date.now() - spentMs);
  const emulator = await startEmulator({ ...given, clock, lockMs: LONG_MS, sessionLapseMs: LONG_MS });
  await using client = connectAzurePipelines({ url: emulator.url, auth: { kind: 'pat', token: emulator.token } });
  const key = makeAgentKey();
  const pool = await client.pools.findByName('default');
  const poolId = pool?.id ?? 0;
  for (const { demands = [], runsMs, waitsMs } of jobs) {
    const systemCapabilities = Object.fromEntries([
      ['Agent.Version', '4.275.0'],
      ...demands.map(demand => [demand, '']),
    ]);
    const { publicKey } = key;
    const wish = { name: AGENT_NAME, version: '4.275.0', osDescription: 'Linux', systemCapabilities };
    const agent = await client.agents.create(poolId, { ...wish, authorization: { publicKey } });
    const { finished, requestId } = emulator.queueJob({ steps: [], demands });
    await clock.advance(waitsMs);
    const token = await goOnline(emulator.url, poolId, agent, key, clock.now());
    const url = `${emulator.url}/_apis/distributedtask/pools/${poolId}/jobrequests/${requestId}`;
    await renew(url, token, { requestId });
    await clock.advance(runsMs);
    await renew(url, token, { requestId, result: 'succeeded', finishTime: new Date(clock.now()).toISOString() });
    await finished;
    await client.agents.delete(poolId, agent.id);
  }
  return { emulator, endedAt: clock.now() };
}

/** As an agent does it: the first time it takes the job, and with a result it ends it. */
async function renew(url: string, token: string, body: object): Promise<void> {
  const { body: answer, statusCode } = await request(`${url}?lockToken=00000000-0000-0000-0000-000000000000`, {
    method: 'PATCH',
    body: JSON.stringify(body),
    headers: {
      accept: 'application/json;api-version=7.0',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
  });
  const text = await answer.text();
  if (statusCode !== 200) throw new Error(`PATCH ${url}: ${statusCode} ${text}`);
}
