import { expect, test } from 'vitest';
import type { RawExchange } from './exchange.js';
import { redacted } from './redact.js';
import { organisationIn, redactedUrl, serverAt } from './redact-url.js';

const known = {
  url: 'https://dev.azure.com/contoso',
  agentPool: 'Scratch',
  agentPrefix: 'contract-check-0123456789ab-',
};
const ID = '6f1d2c3b-4a59-4e68-9b70-8c9dadbecfd0';
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

const RAW: RawExchange = {
  step: 'some',
  as: 'organisation',
  method: 'GET',
  url: `https://dev.azure.com/contoso/_apis/distributedtask/pools/12/agents/25?agentId=25&sessionId=${ID}&$top=1`,
  apiVersion: '7.0',
  requestBody: '',
  status: 200,
  headers: { 'content-type': 'application/json', 'x-ratelimit-remaining': '12', 'set-cookie': 'secret' },
  text: '{}',
  askedAt: AT,
  ms: 50_400,
};

function answer(value: unknown) {
  return redacted([{ ...RAW, text: JSON.stringify(value) }], known, AT)[0]?.answer;
}

test('a request keeps its form and loses whose it is', () => {
  expect(redacted([RAW], known, AT)[0]).toEqual({
    step: 'some',
    as: 'organisation',
    asks: 'GET /_apis/distributedtask/pools/<number>/agents/<number>?agentId=<number>&sessionId=<guid 1>&$top=1',
    apiVersion: '7.0',
    status: 200,
    form: 'json',
    heads: ['x-ratelimit-remaining'],
    afterS: 50,
    answer: {},
  });
});

test('of an answer the words of the protocol are kept, and nothing else', () => {
  expect(
    answer({
      id: 25,
      count: 2,
      typeKey: 'TaskAgentExistsException',
      name: 'CONTRACT-CHECK-0123456789ab-1',
      pool: 'scratch',
      createdBy: { id: ID, displayName: 'Jane Doe', descriptor: 'aad.Zm9v' },
      again: ID,
      enabled: false,
      none: null,
      [ID]: 1,
    }),
  ).toEqual({
    id: '<number>',
    count: 2,
    typeKey: 'TaskAgentExistsException',
    name: '<agent 1>',
    pool: '<pool>',
    createdBy: { id: '<guid 1>', displayName: '<text>', descriptor: '<text>' },
    again: '<guid 1>',
    enabled: false,
    none: null,
    '<text>': '<number>',
  });
});

test('a word of the protocol that holds more than a word is no word', () => {
  expect(answer({ status: 'of "Jane Doe"', error: `by ${ID}` })).toEqual({ status: '<text>', error: '<text>' });
});

test('of a sentence only that is kept by which somebody decides', () => {
  const message = "TF400813: The user 'Jane Doe' is not authorized. Current server time is 01/02/2026.";
  expect(answer({ message })).toEqual({ message: '<text: tf400813, current server time>' });
});

test('times are told from the beginning of the conversation, and long ago is long ago', () => {
  expect(answer(['2026-01-02T03:04:09.25Z', '2026-01-02T03:04:00Z', '2019-01-02T03:04:05Z'])).toEqual([
    '<time +4 s>',
    '<time -5 s>',
    '<time>',
  ]);
});

test('of a long list the elements that are of interest are kept, else the first ones', () => {
  const agents = { id: 'e298ef32-5878-4cab-993c-043836571f42', resourceName: 'agents' };
  expect(answer([{ id: ID }, agents, { id: ID }])).toEqual([agents]);
  expect(answer([1, 2, 3, 4, 5])).toHaveLength(3);
});

test.each([
  [
    'https://vssps.dev.azure.com/Contoso/_apis/oauth2/token',
    'https://vssps.dev.azure.com/<organisation>/_apis/oauth2/token',
  ],
  [
    'https://contoso.vssps.visualstudio.com/_apis/oauth2/token',
    'https://<organisation>.vssps.visualstudio.com/_apis/oauth2/token',
  ],
  [
    `https://vstoken.dev.azure.com/${ID}/_apis/oauth2/token?x=1`,
    'https://vstoken.dev.azure.com/<guid>/_apis/oauth2/token?<text>',
  ],
  ['https://tfs.corp:8080/tfs/Coll/', 'https://<server>/tfs/<text>/'],
])('the URL %s keeps its form alone', (url, form) => {
  expect(redactedUrl(url, known)).toBe(form);
});

test('the organisation is found in each form of a URL', () => {
  const urls = ['https://dev.azure.com/contoso', 'https://contoso.visualstudio.com', 'http://tfs:8080/tfs/contoso'];
  expect(urls.map(organisationIn)).toEqual(['contoso', 'contoso', 'contoso']);
  expect(urls.map(serverAt)).toEqual(['Azure DevOps Services', 'Azure DevOps Services', 'another server']);
});
