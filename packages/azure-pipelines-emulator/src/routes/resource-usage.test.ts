import { describe, expect, it } from 'vitest';
import { Organisation } from '../../test/scripted-agent.js';

const PATH = '/_apis/distributedtask/resourceusage';

describe('the parallel jobs of an organisation', () => {
  it('are told for private projects on agents of its own', async () => {
    using organisation = new Organisation({ parallelJobs: 3 });
    const { body } = await organisation.admin('GET', `${PATH}?parallelismTag=Private&poolIsHosted=false`);
    expect(body).toMatchObject({ usedCount: 0, resourceLimit: { totalCount: 3, isHosted: false } });
  });

  it.each(['parallelismTag=Public&poolIsHosted=false', 'parallelismTag=Private&poolIsHosted=true'])(
    'have no limit for %s',
    async query => {
      using organisation = new Organisation({ parallelJobs: 3 });
      const { body } = await organisation.admin('GET', `${PATH}?${query}`);
      expect(body.resourceLimit).not.toHaveProperty('totalCount');
    },
  );

  it('have no limit unless one is given', async () => {
    using organisation = new Organisation();
    const { body } = await organisation.admin('GET', `${PATH}?parallelismTag=Private&poolIsHosted=false`);
    expect(body.resourceLimit).not.toHaveProperty('totalCount');
  });
});
