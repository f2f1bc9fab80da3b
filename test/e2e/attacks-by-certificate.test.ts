import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectIncus, type IncusClient, type InstancesPost } from 'incus-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';

const REFUSED = { kind: 'forbidden' };

/** Whoever takes over the daemon has this certificate, and no more. */
describeOnIncus('with the certificate of the daemon,', testbed => {
  let scenario: Scenario;
  let thief: IncusClient;
  let elsewhere: IncusClient;
  beforeAll(async () => {
    scenario = await startScenario({ ...testbed(), confined: true });
    const identity = (name: string) => readFile(join(scenario.directory, 'state/incus', name), 'utf8');
    const { incus } = JSON.parse(await readFile(scenario.configPath, 'utf8')) as { incus: { url: string } };
    elsewhere = connectIncus({
      connection: {
        kind: 'https',
        url: incus.url,
        clientCert: await identity('client.crt'),
        clientKey: await identity('client.key'),
        serverCert: await identity('server.crt'),
      },
    });
    thief = elsewhere.withProject(scenario.project);
  });
  afterAll(async () => {
    await elsewhere?.close();
    await scenario?.[Symbol.asyncDispose]();
  });

  const make = (more: Partial<InstancesPost>) =>
    thief.instances.create({ name: 'evil', source: { type: 'none' }, ...more });

  test('a thief cannot change what the project is limited to', async () => {
    const { projects } = elsewhere;
    await expect(
      projects.replace(scenario.project, ({ config, description }) => ({
        config: { ...config, restricted: 'false' },
        description,
      })),
    ).rejects.toMatchObject(REFUSED);
  });

  test('a thief cannot change the network, nor what guests reach', async () => {
    const { networks, networkAcls } = elsewhere.server;
    const name = (await scenario.incus.profiles.get('default')).profile.devices.eth0?.network ?? '';
    const { config } = await networks.get(name).catch(() => ({ config: {} }));
    const changed = { config: { ...config, 'security.acls': '' }, description: '' };
    await expect(networks.replace(name, () => changed)).rejects.toMatchObject(REFUSED);
    await expect(
      networkAcls.replace(name, acl => ({ ...acl, egress: [{ action: 'allow', state: 'enabled' }] })),
    ).rejects.toMatchObject(REFUSED);
  });

  test('a thief can make an instance like those of the daemon', async () => {
    await make({ config: { 'security.idmap.isolated': 'true' } });
    await thief.instances.delete('evil');
  });

  test.each<[string, Partial<InstancesPost>]>([
    ['a thief cannot make an instance whose root is that of the host', { config: { 'security.privileged': 'true' } }],
    ['a thief cannot make an instance that shares ids with others', { config: { 'security.idmap.isolated': 'false' } }],
    [
      'a thief cannot make an instance that nests others, where no pool has docker',
      { config: { 'security.nesting': 'true' } },
    ],
    [
      'a thief cannot make an instance with settings of LXC',
      { config: { 'raw.lxc': 'lxc.apparmor.profile=unconfined' } },
    ],
    [
      'a thief cannot make an instance with a directory of the host',
      { devices: { host: { type: 'disk', source: '/etc', path: '/mnt' } } },
    ],
    [
      'a thief cannot make an instance with a device of the host',
      { devices: { mem: { type: 'unix-char', source: '/dev/mem', path: '/dev/mem' } } },
    ],
    [
      'a thief cannot make an instance on another network',
      { devices: { eth0: { type: 'nic', nictype: 'bridged', parent: 'lo' } } },
    ],
  ])('%s', async (_, more) => {
    await expect(
      make({ ...more, config: { 'security.idmap.isolated': 'true', ...more.config } }),
    ).rejects.toMatchObject(REFUSED);
  });

  test('a thief cannot make anything in another project, nor trust somebody else', async () => {
    await expect(elsewhere.instances.create({ name: 'evil', source: { type: 'none' } })).rejects.toMatchObject(REFUSED);
    await expect(elsewhere.server.patchConfig({ 'core.https_address': ':8443' })).rejects.toMatchObject(REFUSED);
  });

  test('open: a thief takes the filters off the NIC of new guests', async () => {
    const eth0 = (await scenario.incus.profiles.get('default')).profile.devices.eth0;
    await thief.profiles.replace('default', ({ config, devices }) => ({
      config,
      devices: { ...devices, eth0: { type: 'nic', name: 'eth0', network: eth0?.network ?? '' } },
    }));
    const { profile } = await scenario.incus.profiles.get('default');
    expect(profile.devices.eth0).not.toHaveProperty('security.mac_filtering');
  });
});
