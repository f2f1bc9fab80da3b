import { identityOf } from '../execute/registration/register.js';
import { publicKeyOf } from '../execute/registration/rsa-parameters.js';
import { NOBODY, type Talk, VERSION } from './talk.js';

/** Registers agents, and changes one. No agent is enabled while it could be given a job: it has no session yet. */
export async function askAgents(talk: Talk): Promise<void> {
  const { signal } = talk;
  const { poolId } = talk.options;
  await register(talk);
  const { agentId: id, agentName: name } = talk.needIdentity();
  const read = (step: string) =>
    talk.byClient(step, client => client.agents.get(poolId, id, { includeAssignedRequest: true, signal }));
  const change = (step: string, enabled: boolean) =>
    talk.byClient(step, client => client.agents.patch(poolId, { id, name, enabled }, { signal }));
  await read('read-registered');
  await talk.byClient('find-registered', client =>
    client.agents.list(poolId, { agentName: name, includeCapabilities: true, includeAssignedRequest: true, signal }),
  );
  await change('enable', true);
  await read('read-enabled');
  await change('disable', false);
  await read('read-disabled');
  const one = talk.path(`/agents/${id}`);
  await talk.asOrganisation('patch-short', { method: 'PATCH', path: one, body: { id, name, enabled: false } });
  await read('read-short');
  await change('patch-whole', false);
  await read('read-whole');
  const whole = { id, name, enabled: false, maxParallelism: 1 };
  await talk.asOrganisation('patch-without-version', { method: 'PATCH', path: one, body: whole, apiVersion: null });
  await talk.asOrganisation('agent-of-no-number', { method: 'GET', path: talk.path(`/agents/${NOBODY}`) });
}

async function register(talk: Talk): Promise<void> {
  const { agentPool, hosted, poolId, takeKey } = talk.options;
  const key = await takeKey(talk.signal);
  const name = talk.nameOf(1);
  // Any job demands a version. This agent is given one only where it is awaited: else it is disabled whenever it listens.
  const systemCapabilities = { 'Agent.Name': name, 'Agent.Version': VERSION, 'Agent.OS': 'Linux' };
  const agent = { version: VERSION, enabled: false, systemCapabilities };
  const authorization = { publicKey: publicKeyOf(key) };
  // What makes something goes on to its end, so that it is known what there is.
  const made = await talk.byClient('register', client =>
    client.agents.create(poolId, { ...agent, name, authorization }),
  );
  if (made !== undefined) {
    const target = { client: talk.options.wire.unrecorded(), agentPool, poolId, hosted };
    talk.identity = identityOf(target, made, key);
  }
  const body = { ...agent, authorization, maxParallelism: 1, provisioningState: 'Provisioned' };
  const path = talk.path('/agents');
  await talk.asOrganisation('register-again', { method: 'POST', path, body: { ...body, name } });
  await talk.asOrganisation('register-again-in-capitals', {
    method: 'POST',
    path,
    body: { ...body, name: name.toUpperCase() },
  });
  const other = talk.nameOf(2);
  const keyless = await talk.byClient('register-without-key', client =>
    client.agents.create(poolId, { ...agent, name: other, systemCapabilities: { 'Agent.Name': other } }),
  );
  if (keyless !== undefined) talk.other = { id: keyless.id, name: other };
}
