import { connectAzurePipelines } from 'azure-pipelines-client';
import { expect, test } from 'vitest';
import { goOnline, makeAgentKey } from '../../../azure-pipelines-client/test/listener.js';
import { startWithPast } from '../../test/past-jobs.js';
import { readJobHistory } from './job-history.js';

const OPTIONS = { agentPool: 'default', sinceAt: 0, isOurs: () => true };

/** The emulator demands it of every job, as the service does. */
const MINIMUM = 'Agent.Version -gtVersion 2.163.1';

const PAST = [
  { waitsMs: 5_000, runsMs: 60_000 },
  { waitsMs: 0, runsMs: 2_000, demands: ['docker'] },
];

function clientOf({ token, url }: { readonly url: string; readonly token: string }) {
  return connectAzurePipelines({ url, auth: { kind: 'pat', token } });
}

test('the jobs that ran are told as they were, with what each demanded, and those left out are counted', async () => {
  const { emulator, endedAt } = await startWithPast(PAST);
  await using _ = emulator;
  await using client = clientOf(emulator);
  const systemCapabilities = { 'Agent.Version': '4.275.0' };
  await client.agents.create(1, { name: 'offline', version: '4.275.0', osDescription: 'Linux', systemCapabilities });
  const withdrawn = emulator.queueJob({ steps: [] });
  emulator.cancelJob(withdrawn.requestId);
  await withdrawn.finished;
  emulator.queueJob({ steps: [] });

  const { signal } = new AbortController();
  const history = await readJobHistory({ ...OPTIONS, client }, signal);
  expect(history).toEqual({
    jobs: [
      { queuedAt: endedAt - 67_000, runMs: 60_000, demands: [MINIMUM], waitedMs: 5_000 },
      { queuedAt: endedAt - 2_000, runMs: 2_000, demands: ['docker', MINIMUM], waitedMs: 0 },
    ],
    unfinished: 1,
    neverTaken: 1,
    isCut: false,
    // It is not online: who knows what it would find.
    offered: undefined,
  });
  const lately = await readJobHistory({ ...OPTIONS, client, sinceAt: endedAt - 2_000 }, signal);
  expect(lately.jobs.map(({ runMs }) => runMs)).toEqual([2_000]);
  const cut = await readJobHistory({ ...OPTIONS, client, mostFinished: 2 }, signal);
  expect(cut).toMatchObject({ isCut: true, jobs: [{ runMs: 2_000 }], neverTaken: 1 });
});

test('what an idle agent of ours offers is told, without what is its own; another one tells nothing', async () => {
  const { emulator } = await startWithPast([]);
  await using _ = emulator;
  await using client = clientOf(emulator);
  const key = makeAgentKey();
  const systemCapabilities = { 'Agent.Name': 'ours', 'Agent.Version': '4.275.0', Docker: '27' };
  const wish = { name: 'ours', version: '4.275.0', osDescription: 'Linux', systemCapabilities };
  const agent = await client.agents.create(1, { ...wish, authorization: { publicKey: key.publicKey } });
  await goOnline(emulator.url, 1, agent, key);
  const { signal } = new AbortController();
  const offeredTo = async (own: string) =>
    (await readJobHistory({ ...OPTIONS, client, isOurs: name => name === own }, signal)).offered;
  expect(await offeredTo('ours')).toMatchObject({ 'agent.name': '', 'agent.version': '4.275.0', docker: '27' });
  expect(await offeredTo('theirs')).toBeUndefined();
});
