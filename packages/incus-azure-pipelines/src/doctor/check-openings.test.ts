import { expect, test } from 'vitest';
import { aPool } from '../../test/simulation/examples.js';
import type { Fittings } from '../model/fittings.js';
import { openedFor } from '../model/opened-for.js';
import { checkOpenings } from './check-openings.js';

const FITTINGS = {
  devices: {
    kvm: { type: 'unix-char', source: '/dev/kvm' },
    tools: { type: 'disk', source: '/srv/tools', path: '/opt/tools', readonly: 'true' },
  },
  network: 'ci',
};
const POOL = aPool({ fittings: FITTINGS, base: { ...aPool().base, docker: true } });
const OPEN = { restricted: 'true', 'restricted.containers.nesting': 'allow', ...openedFor([POOL], 'iap-a1') };

/** What is found of a project with these keys. */
function foundIn(config: Readonly<Record<string, string>>, pools = [POOL]): readonly string[] {
  const devices = { eth0: { type: 'nic', network: 'iap-a1' } };
  return checkOpenings({ project: 'ci', config, devices }, pools).map(({ colour, says }) => `${colour} ${says}`);
}

const poolWith = (fittings: Fittings) => [aPool({ fittings })];

test('nothing is said of a project that lets in all that pools ask for, nor of one without restrictions', () => {
  expect(foundIn(OPEN)).toEqual([]);
  expect(foundIn({})).toEqual([]);
  expect(foundIn({ ...OPEN, 'restricted.devices.disk.paths': '/srv, /opt', 'restricted.networks.access': '' })).toEqual(
    [],
  );
  expect(foundIn({ restricted: 'true' }, poolWith({}))).toEqual([]);
});

test.each([
  ['restricted.devices.unix-char', 'block', 'allow'],
  ['restricted.devices.unix-char', '', 'allow'],
  ['restricted.devices.disk', 'managed', 'allow'],
  ['restricted.devices.disk.paths', '/srv/tool,/opt', '/srv/tools'],
  ['restricted.networks.access', 'iap-a1', 'ci'],
  ['restricted.networks.access', 'other', 'iap-a1, ci'],
  ['restricted.containers.nesting', 'block', 'allow'],
])('%s that says "%s" lacks %s', (key, said, lacking) => {
  const what = `red project "ci" does not let in what pools ask for: ${key} lacks ${lacking}`;
  expect(foundIn({ ...OPEN, [key]: said })).toEqual([what]);
});

test('a volume of a storage pool is let in unless disks are not', () => {
  const pools = poolWith({ devices: { cache: { type: 'disk', pool: 'fast', source: 'cache', path: '/srv/cache' } } });
  expect(foundIn({ restricted: 'true' }, pools)).toEqual([]);
  expect(foundIn({ restricted: 'true', 'restricted.devices.disk': 'block' }, pools)).toHaveLength(1);
});
