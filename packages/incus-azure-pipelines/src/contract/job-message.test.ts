import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { readJobMessage } from './job-message.js';

const KEY = Buffer.alloc(32, 7);
const IV = Buffer.alloc(16, 9);
const JOB = {
  jobId: 'a-job',
  requestId: 77,
  plan: { scopeIdentifier: 'a-project', planType: 'Build', planId: 'a-plan' },
  resources: {
    endpoints: [
      { name: 'other' },
      {
        name: 'SystemVssConnection',
        url: 'https://dev.azure.com/contoso/',
        authorization: { parameters: { AccessToken: 'the-token-of-the-job' } },
      },
    ],
  },
};

function sealed(text: string): string {
  const cipher = createCipheriv('aes-256-cbc', KEY, IV);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
  return JSON.stringify({ messageId: 17, messageType: 'PipelineAgentJobRequest', iv: IV.toString('base64'), body });
}

test.each([
  ['sealed', sealed(JSON.stringify(JOB))],
  ['sealed behind a mark of byte order', sealed(`\uFEFF${JSON.stringify(JOB)}`)],
  ['open', JSON.stringify({ messageId: 17, body: JSON.stringify(JOB) })],
])('a job that comes %s is read', (_, answer) => {
  const { token, ...rest } = readJobMessage(answer, KEY);
  expect(rest).toEqual({
    messageId: 17,
    requestId: 77,
    jobId: 'a-job',
    eventsUrl: 'https://dev.azure.com/contoso/a-project/_apis/distributedtask/hubs/Build/plans/a-plan/events',
  });
  expect(token.reveal()).toBe('the-token-of-the-job');
});

test.each([
  ['nonsense', 'no JSON'],
  ['sealed otherwise', sealed('{"jobId"')],
  ['no job', sealed('{"agentId":1,"targetVersion":"4.275.0"}')],
])('a message that is %s is none, and is not quoted', (_, answer) => {
  expect(() => readJobMessage(answer, KEY)).toThrow(/^the message is no job that this program can read$/);
});
