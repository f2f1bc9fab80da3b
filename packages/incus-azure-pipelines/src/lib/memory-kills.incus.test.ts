import { connectIncus, type IncusClient } from 'incus-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../../../testbed/for-tests.js';
import { memoryKillsOf } from './memory-kills.js';

describeOnIncus('an instance of the default project', testbed => {
  const name = 'memory-kills';
  let incus: IncusClient;

  beforeAll(async () => {
    incus = connectIncus({ connection: { kind: 'unix', socketPath: testbed().socketPath } });
    const source = { type: 'image', alias: testbed().image } as const;
    await incus.instances.create({ name, source, config: { 'limits.memory': '256MiB' }, start: true });
  });

  afterAll(async () => {
    await incus.instances.stop(name, { force: true });
    await incus.instances.delete(name);
    await incus.close();
  });

  test('is told of by the host, before and after the kernel has killed one of its processes', async () => {
    expect(await memoryKillsOf('default', name)).toBe(0);
    const { exitCode } = await incus.exec(name, { command: ['tail', '/dev/zero'] });
    expect(exitCode).toBe(137);
    expect(await memoryKillsOf('default', name)).toBe(1);
  });

  test('has no such count in another project', async () => {
    expect(await memoryKillsOf('other', name)).toBeUndefined();
  });
});
