import { createPrivateKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { keyAsJwk, keyAsParameters } from '../../../../azure-pipelines-emulator/test/known-answers.js';
import { agentFiles } from './agent-files.js';

const files = agentFiles(
  {
    agentId: 25,
    agentName: 'zoo-7',
    poolId: 12,
    agentPool: 'linux',
    serverUrl: 'http://10.0.0.5:8080/tfs/',
    clientId: '6f1d2c3b-4a59-4e68-9b70-8c9dadbecfd0',
    authorizationUrl: 'http://tfs.corp:8080/tfs/_apis/oauth2/token',
    tokenEndpoint: 'http://10.0.0.5:8080/tfs/_apis/oauth2/token',
    key: createPrivateKey({ key: keyAsJwk, format: 'jwk' }),
  },
  '_work',
);

it('says who the agent is and where it belongs', () => {
  expect(JSON.parse(files.agent)).toEqual({
    acceptTeeEula: true,
    agentId: 25,
    agentName: 'zoo-7',
    poolId: 12,
    poolName: 'linux',
    serverUrl: 'http://10.0.0.5:8080/tfs/',
    workFolder: '_work',
  });
});

it('keeps the audience of assertions apart from where they are posted to', () => {
  expect(JSON.parse(files.credentials.reveal())).toEqual({
    scheme: 'OAuth',
    data: {
      clientId: '6f1d2c3b-4a59-4e68-9b70-8c9dadbecfd0',
      authorizationUrl: 'http://tfs.corp:8080/tfs/_apis/oauth2/token',
      oauthEndpointUrl: 'http://10.0.0.5:8080/tfs/_apis/oauth2/token',
    },
  });
});

it('holds the key of this agent, which shows nowhere', () => {
  expect(JSON.parse(files.rsaParameters.reveal())).toEqual(keyAsParameters);
  expect(JSON.stringify(files)).not.toContain(keyAsParameters.modulus.slice(0, 20));
});
