import { expect, it } from 'vitest';
import { fittingsOfBase } from '../../model/fittings.js';
import { limitsDropIn, scriptVariables } from './fit-base.js';

it('lets the processes of an agent have what its instance allows', () => {
  expect(limitsDropIn({ nofile: 1_048_576, memlock: 'unlimited' })).toBe(
    '[Service]\nLimitNOFILE=1048576\nLimitMEMLOCK=infinity\n',
  );
  expect(limitsDropIn({ memlock: 65_536 })).toBe('[Service]\nLimitMEMLOCK=65536\n');
});

it('tells provision scripts where tools belong', () => {
  expect(scriptVariables({ toolFolder: '/opt/tools' })).toEqual({ AGENT_TOOLSDIRECTORY: '/opt/tools' });
  expect(scriptVariables()).toEqual({});
});

it('makes another base for what is put into it, and the same for what is not', () => {
  const all = [
    fittingsOfBase(),
    fittingsOfBase({ network: 'ci' }),
    fittingsOfBase({ storagePool: 'ci' }),
    fittingsOfBase({ toolFolder: '/opt/tools' }),
    fittingsOfBase({ limits: { nofile: 4096 } }),
    fittingsOfBase({ limits: { memlock: 4096 } }),
  ];
  expect(new Set(all.map(parts => JSON.stringify(parts))).size).toBe(all.length);
  expect(fittingsOfBase({ profiles: ['gpu'], devices: {} })).toEqual(fittingsOfBase());
});
