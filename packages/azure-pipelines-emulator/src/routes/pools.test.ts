import { describe, expect, it } from 'vitest';
import { Organisation } from '../../test/scripted-agent.js';

const PATH = '/_apis/distributedtask/pools';

describe('agent pools', () => {
  it('are found by name in any case, and none is no error', async () => {
    using organisation = new Organisation({ pools: ['linux', 'my agents'] });
    const found = await organisation.admin('GET', `${PATH}?poolName=My%20Agents&poolType=automation`);
    expect(found.body).toMatchObject({ count: 1, value: [{ id: 2, name: 'my agents', isHosted: false }] });
    expect((await organisation.admin('GET', `${PATH}?poolName=windows`)).body).toEqual({ count: 0, value: [] });
    expect((await organisation.admin('GET', `${PATH}?poolIds=1,2`)).body.count).toBe(2);
    expect((await organisation.admin('GET', `${PATH}?poolType=deployment`)).body.count).toBe(0);
    expect((await organisation.admin('GET', `${PATH}/9`)).body.typeKey).toBe('TaskAgentPoolNotFoundException');
  });

  it('tell whose agents Azure itself makes', async () => {
    using organisation = new Organisation({
      pools: ['own', 'Azure Pipelines', 'scale set'],
      keptPools: { 'Azure Pipelines': 'hosted', 'scale set': 'elastic' },
    });
    expect((await organisation.admin('GET', PATH)).body.value).toMatchObject([
      { isHosted: false, options: 'none' },
      { isHosted: true, options: 'none' },
      { isHosted: false, options: 'elasticPool' },
    ]);
  });

  it('are for builds or for deployments, and listed by that where it is asked', async () => {
    using organisation = new Organisation({ pools: ['builds', 'sites'], keptPools: { sites: 'deployment' } });
    const namesOf = async (query: string) => {
      const { body } = await organisation.admin('GET', `${PATH}${query}`);
      return body.value.map(({ name, poolType }: Record<string, string>) => `${name} ${poolType}`);
    };
    expect(await namesOf('')).toEqual(['builds automation', 'sites deployment']);
    expect(await namesOf('?poolType=automation')).toEqual(['builds automation']);
    expect(await namesOf('?poolType=Deployment')).toEqual(['sites deployment']);
    expect(await namesOf('?poolType=2&poolName=sites')).toEqual(['sites deployment']);
  });

  it('are listed as those that may be managed', async () => {
    using organisation = new Organisation({ pools: ['linux', 'my agents'], manages: ['linux'] });
    const found = await organisation.admin('GET', `${PATH}?actionFilter=manage`);
    expect(found.body).toMatchObject({ count: 1, value: [{ name: 'linux' }] });
    expect((await organisation.admin('GET', `${PATH}?actionFilter=none`)).body.count).toBe(2);
  });

  it('keep what is set', async () => {
    using organisation = new Organisation();
    expect((await organisation.admin('PATCH', `${PATH}/1`, { autoUpdate: false })).body.autoUpdate).toBe(false);
    expect((await organisation.admin('GET', `${PATH}/1`)).body.autoUpdate).toBe(false);
    organisation.driver.setPool('default', { autoUpdate: true });
    expect((await organisation.admin('GET', `${PATH}/1`)).body.autoUpdate).toBe(true);
  });

  it('grant every permission unless told otherwise', async () => {
    using organisation = new Organisation();
    expect((await organisation.admin('GET', `${PATH}/1/permissions/27`)).body).toBe(true);
  });

  it('have a queue in every project, under another id', async () => {
    using organisation = new Organisation();
    const queues = '/project/_apis/distributedtask/queues';
    const { body } = await organisation.admin('GET', `${queues}?queueName=default`);
    expect(body.value).toMatchObject([{ id: 1001, pool: { id: 1, name: 'default' } }]);
    organisation.driver.queueJob({ steps: [{ script: 'true' }] });
    expect((await organisation.admin('GET', `${queues}/1001/agentrequests?$top=5`)).body.count).toBe(1);
    expect((await organisation.admin('GET', `${queues}/1`)).status).toBe(404);
  });
});
