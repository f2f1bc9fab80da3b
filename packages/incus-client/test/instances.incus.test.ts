import { expect, it } from 'vitest';
import { describeOnIncus } from '../../../testbed/for-tests.js';
import { useProject } from './use-project.js';

describeOnIncus('instances', testbed => {
  const incus = useProject('client-instances', testbed);
  const fromImage = () => ({ type: 'image', alias: testbed().image }) as const;

  it('are created from an image, stopped, with what was asked for', async () => {
    const { instances } = incus();
    await instances.create({ name: 'base', source: fromImage(), config: { 'user.a': '1', 'user.b': '2' } });
    const { instance } = await instances.get('base');
    expect(instance).toMatchObject({ name: 'base', project: 'client-instances', status: 'Stopped', ephemeral: false });
    expect(instance.config).toMatchObject({ 'user.a': '1', 'user.b': '2' });
    expect(instance.expanded_devices.root).toMatchObject({ type: 'disk', path: '/' });
    expect(await instances.state('base')).toMatchObject({ pid: 0, network: {} });
  });

  it('are copied, started, and deleted by their stop when ephemeral', async () => {
    const { instances } = incus();
    await instances.create({
      name: 'copy',
      ephemeral: true,
      source: { type: 'copy', source: 'base', instance_only: true },
      config: { 'user.b': '', 'user.c': '3', 'boot.autostart': 'false' },
    });
    const { instance } = await instances.get('copy');
    expect(instance).toMatchObject({ ephemeral: true, config: { 'user.a': '1', 'user.c': '3' } });
    expect(instance.config).not.toHaveProperty('user.b');

    await instances.start('copy');
    const state = await instances.state('copy');
    expect(state.status).toBe('Running');
    expect(state.pid).toBeGreaterThan(0);
    expect(await instances.names()).toEqual(expect.arrayContaining(['base', 'copy']));
    const full = await instances.listFull();
    expect(full.find(({ name }) => name === 'copy')?.state.pid).toBe(state.pid);

    await instances.stop('copy', { force: true });
    await expect(instances.get('copy')).rejects.toMatchObject({ kind: 'not-found', status: 404 });
    await expect(instances.stop('copy', { force: true })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('are created and started in one call', async () => {
    const { instances } = incus();
    await instances.create({ name: 'started', source: { type: 'copy', source: 'base' }, start: true });
    expect((await instances.state('started')).pid).toBeGreaterThan(0);
    await expect(instances.delete('started')).rejects.toMatchObject({ kind: 'busy', retryable: true });
    await expect(instances.changeState('started', { action: 'start' })).rejects.toMatchObject({ kind: 'already-so' });
    await instances.start('started');
    await instances.stop('started', { force: true });
    await instances.stop('started', { force: true });
    await instances.delete('started');
    expect(await instances.names()).not.toContain('started');
  });

  it('merge a patch into their configuration', async () => {
    const { instances } = incus();
    await instances.patch('base', { config: { 'user.b': '', 'user.d': '4' } });
    const { config } = (await instances.get('base')).instance;
    expect(config).toMatchObject({ 'user.a': '1', 'user.d': '4' });
    expect(config).not.toHaveProperty('user.b');
  });

  it('let one of two writers with the same ETag win', async () => {
    const { instances } = incus();
    const { etag } = await instances.get('base');
    await instances.patch('base', { config: { 'user.claim': 'first' } }, { etag });
    const second = instances.patch('base', { config: { 'user.claim': 'second' } }, { etag });
    await expect(second).rejects.toMatchObject({ kind: 'stale-etag', status: 412 });
    expect((await instances.get('base')).instance.config['user.claim']).toBe('first');
  });

  it('are listed by filter', async () => {
    const { instances } = incus();
    expect(await instances.list({ filter: 'config.user.a eq 1' })).toHaveLength(1);
    expect(await instances.list({ filter: 'config.user.a eq 2' })).toHaveLength(0);
    expect((await instances.list({ allProjects: true })).map(({ project }) => project)).toContain('client-instances');
  });

  it('are renamed', async () => {
    const { instances } = incus();
    await instances.create({ name: 'old', source: { type: 'none' } });
    await instances.rename('old', 'new');
    expect(await instances.names()).toContain('new');
    await expect(instances.rename('new', 'base')).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('are none in a project that does not exist', async () => {
    expect(await incus().withProject('no-such-project').instances.list()).toEqual([]);
  });
});

describeOnIncus('the creation of an instance', testbed => {
  const incus = useProject('client-create', testbed);
  const create = (over: object) =>
    incus().instances.create({ name: 'x', source: { type: 'image', alias: testbed().image }, ...over });

  it('says that an image is missing, and names it', async () => {
    const creation = create({ source: { type: 'image', alias: 'no-such-image' } });
    await expect(creation).rejects.toMatchObject({ kind: 'not-found' });
    await expect(creation).rejects.toThrow('create instance "x" from image "no-such-image":');
  });

  it('says that the source of a copy, or a profile, is missing', async () => {
    await expect(create({ source: { type: 'copy', source: 'nothing' } })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(create({ profiles: ['nothing'] })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('says that a key or a name is invalid', async () => {
    await expect(create({ config: { 'bogus.key': '1' } })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(create({ name: 'under_score' })).rejects.toMatchObject({ kind: 'invalid', status: 400 });
  });

  it('leaves the one that has the name already untouched', async () => {
    await create({ config: { 'user.who': 'first' } });
    await expect(create({ config: { 'user.who': 'second' } })).rejects.toMatchObject({ kind: 'conflict' });
    expect((await incus().instances.get('x')).instance.config['user.who']).toBe('first');
  });

  it('is forbidden beyond the limit of the project', async () => {
    const { projects } = incus();
    await projects.replace('client-create', ({ config }) => ({ config: { ...config, 'limits.containers': '1' } }));
    await expect(create({ name: 'y' })).rejects.toMatchObject({ kind: 'forbidden' });
  });
});
