import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnIncus } from '../../../testbed/for-tests.js';
import { connectIncus, type IncusClient } from '../src/index.js';

describeOnIncus('projects and profiles', testbed => {
  let root: IncusClient;

  beforeAll(() => {
    root = connectIncus({ connection: { kind: 'unix', socketPath: testbed().socketPath } });
  });

  afterAll(async () => {
    await root.projects.delete('client-projects').catch(() => undefined);
    await root.close();
  });

  it('are created, once', async () => {
    const { projects } = root;
    const post = {
      name: 'client-projects',
      description: 'd',
      config: { 'features.images': 'false', restricted: 'true' },
    };
    await projects.create(post);
    expect((await projects.get('client-projects')).project).toMatchObject({ ...post, config: post.config });
    expect((await projects.list()).map(({ name }) => name)).toContain('client-projects');
    await expect(projects.create(post)).rejects.toMatchObject({ kind: 'conflict' });
    await expect(projects.get('no-such-project')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('keep what a change does not touch', async () => {
    const { projects } = root;
    await projects.replace('client-projects', ({ config }) => ({ config: { ...config, 'limits.containers': '3' } }));
    const { project } = await projects.get('client-projects');
    expect(project.description).toBe('d');
    expect(project.config).toMatchObject({ restricted: 'true', 'features.images': 'false', 'limits.containers': '3' });
  });

  it('have profiles of their own, which can be given a root disk', async () => {
    const { profiles } = root.withProject('client-projects');
    expect((await profiles.get('default')).profile.devices).toEqual({});
    const disk = { type: 'disk', path: '/', pool: testbed().storagePool };
    await profiles.replace('default', ({ config }) => ({ config, devices: { root: disk } }));
    expect((await profiles.get('default')).profile.devices).toEqual({ root: disk });

    await profiles.create({ name: 'extra', config: { 'user.a': '1' } });
    expect((await profiles.list()).map(({ name }) => name).sort()).toEqual(['default', 'extra']);
    await profiles.delete('extra');
    await expect(profiles.get('extra')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('are deleted when they are empty', async () => {
    const { projects, instances } = root.withProject('client-projects');
    await instances.create({ name: 'x', source: { type: 'none' } });
    await expect(projects.delete('client-projects')).rejects.toMatchObject({ kind: 'conflict' });
    await instances.delete('x');
    await projects.delete('client-projects');
    await expect(projects.get('client-projects')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('share a server that describes itself, its storage and its networks', async () => {
    const { server } = root;
    const { auth, environment, api_extensions } = await server.info();
    expect([auth, environment?.server]).toEqual(['trusted', 'incus']);
    expect(api_extensions).toEqual(expect.arrayContaining(['instance_create_start', 'instance_ready_state']));
    const pool = testbed().storagePool;
    expect((await server.storagePools.list()).map(({ name }) => name)).toContain(pool);
    expect((await server.storagePools.get(pool)).config.source).toBeTruthy();
    expect((await server.storagePools.resources(pool)).space.total).toBeGreaterThan(0);
    expect((await server.networks.list()).map(({ name }) => name)).toContain(testbed().bridge);
    const bridge = await server.networks.get(testbed().bridge);
    expect(bridge.config['ipv4.address']).toBe(`${testbed().gateway}/24`);
    expect((await server.networks.leases(testbed().bridge)).map(({ address }) => address)).toContain(testbed().gateway);
    const { gpu, memory } = await server.resources();
    expect(memory.total).toBeGreaterThan(0);
    expect(gpu.cards).toEqual(expect.any(Array));
    expect(await server.metrics({ allProjects: true })).toMatch(/# EOF\s*$/);
  });
});
