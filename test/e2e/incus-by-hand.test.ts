import { connectIncus } from 'incus-client';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { incusEnvironment } from '../../testbed/incus-command.js';
import { startPrivateIncus } from '../../testbed/private-incus.js';
import { runCommand } from '../../testbed/run-command.js';
import { told } from '../../testbed/told-commands.js';
import { startClosedNetwork } from './closed-network.js';

/** All subnets that Incus chooses among, each as far as it goes. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** The bridge has the name that is the host's own Incus's: it is made where the network is another one. */
describeOnIncus('an Incus that was just installed', () => {
  /** One with nothing in it, on a host whose neighbours have these subnets. */
  async function installed(...neighbours: readonly string[]) {
    const network = await startClosedNetwork();
    onTestFinished(() => network[Symbol.asyncDispose]());
    const routes = neighbours.map(subnet => `ip route add ${subnet} dev lan0`);
    const [enter = '', ...there] = network.within;
    const script = ['ip link add lan0 type bridge', 'ip link set lan0 up', ...routes].join('\n');
    await runCommand(enter, [...there, 'sh', '-ec', script]);
    const own = await startPrivateIncus({ isBare: true, within: network.within });
    onTestFinished(() => own[Symbol.asyncDispose]());
    const incus = connectIncus({ connection: { kind: 'unix', socketPath: own.socketPath } });
    onTestFinished(() => incus.close());
    const run = (script: string) => runCommand('bash', ['-c', script], { env: incusEnvironment(own.directory) });
    return { incus, run };
  }

  const [init] = told('docs/how-to/install.md#2-incus').lines(1);
  const [address] = told('docs/how-to/install.md#for-a-try-without-azure').lines(2);

  test('has storage, a bridge and a project by the commands of the document', async () => {
    const { incus, run } = await installed();
    await run(init);
    await run(told('docs/how-to/install.md#without-setup').script());
    expect(await incus.server.storagePools.get('default')).toMatchObject({ driver: 'btrfs' });
    expect(await run(address)).toMatch(/^10\.\d+\.\d+\.1\/24\n$/);
    const { profile } = await incus.withProject('azure-pipelines').profiles.get('default');
    expect(profile.devices).toMatchObject({
      root: { type: 'disk', path: '/', pool: 'default' },
      eth0: { type: 'nic', network: 'incusbr0' },
    });
  });

  test('has storage alone where no subnet is free, and a bridge by the command that names one', async () => {
    const { incus, run } = await installed(...PRIVATE);
    await expect(run(init)).rejects.toThrow('Failed to automatically find an unused IPv4 subnet');
    expect(await incus.server.storagePools.get('default')).toMatchObject({ driver: 'btrfs' });
    await expect(run(address)).rejects.toThrow(/not found/i);
    await run(told('docs/how-to/install.md#without-setup', 1).script());
    expect(await run(address)).toBe('10.213.0.1/24\n');
  });
});
