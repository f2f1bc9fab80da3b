import { expect, it } from 'vitest';
import { aPool } from '../../../test/simulation/examples.js';
import type { DockerSpec } from '../../model/docker-spec.js';
import { daemonConfiguration, dockerSteps } from './fit-docker.js';

it('says what the pool asks for beside what the image says, and always the one storage driver', () => {
  const text = daemonConfiguration('{"log-driver": "journald", "mtu": 1500, "storage-driver": "vfs"}', {
    mtu: 1400,
    'registry-mirrors': ['https://mirror.example'],
  });
  expect(JSON.parse(text)).toEqual({
    'log-driver': 'journald',
    mtu: 1400,
    'registry-mirrors': ['https://mirror.example'],
    'storage-driver': 'overlay2',
  });
  expect(JSON.parse(daemonConfiguration(undefined, {}))).toEqual({ 'storage-driver': 'overlay2' });
  expect(daemonConfiguration(' \n', {})).toBe(daemonConfiguration(undefined, {}));
});

it.each(['{', '[]', 'null', '"text"'])('refuses a configuration of the image that is %s', found => {
  expect(() => daemonConfiguration(found, {})).toThrow(
    'configure docker: /etc/docker/daemon.json of the image is no JSON object; mend it there',
  );
});

it('counts the steps that it tells', () => {
  const { base } = aPool();
  const dockerSpec: DockerSpec = {
    source: 'distribution',
    daemon: {},
    preload: [
      { kind: 'pull', reference: 'alpine' },
      { kind: 'archive', path: '/srv/images.tar' },
    ],
  };
  expect([dockerSteps(base), dockerSteps({ ...base, docker: true })]).toEqual([0, 1]);
  expect(dockerSteps({ ...base, docker: true, dockerSpec })).toBe(3);
});
