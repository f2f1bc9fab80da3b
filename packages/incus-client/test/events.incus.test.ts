import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnIncus } from '../../../testbed/for-tests.js';
import { type PrivateIncus, startPrivateIncus } from '../../../testbed/private-incus.js';
import { connectIncus, type IncusClient, type IncusEvent } from '../src/index.js';

// A daemon of their own, because they kill it.
describeOnIncus('events', () => {
  let daemon: PrivateIncus;
  let incus: IncusClient;

  beforeAll(async () => {
    daemon = await startPrivateIncus({ storageDriver: 'dir' });
    incus = connectIncus({ connection: { kind: 'unix', socketPath: daemon.socketPath } });
  });

  afterAll(async () => {
    await incus?.close();
    await daemon?.[Symbol.asyncDispose]();
  });

  async function until(events: AsyncIterator<IncusEvent>, wanted: (event: IncusEvent) => boolean): Promise<IncusEvent> {
    for (;;) {
      const { value, done } = await events.next();
      if (done) throw new Error('the events have ended');
      if (wanted(value)) return value;
    }
  }

  const isGap = (event: IncusEvent) => event.type === 'gap';
  const isAction = (action: string, name: string) => (event: IncusEvent) =>
    event.type === 'lifecycle' && event.metadata.action === action && event.metadata.name === name;

  it('begin with a gap, and tell what happens and who asked for it', async () => {
    const events = incus.events.subscribe({ types: ['lifecycle', 'operation'] })[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { type: 'gap', reason: 'first connection' } });
    await incus.instances.create({ name: 'first', source: { type: 'none' } });
    const created = await until(events, isAction('instance-created', 'first'));
    expect(created).toMatchObject({ metadata: { source: '/1.0/instances/first', requestor: { protocol: 'unix' } } });
    await until(events, event => event.type === 'operation' && event.metadata.status === 'Success');
    await events.return?.();
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'go on after the daemon was ended by %s and came back, with a gap',
    async signal => {
      const lost: { readonly error: Error; readonly at: number }[] = [];
      const onDisconnect = (error: Error) => void lost.push({ error, at: Date.now() });
      const subscribedAt = Date.now();
      const events = incus.events.subscribe({ types: ['lifecycle'], onDisconnect })[Symbol.asyncIterator]();
      await until(events, isGap);
      await daemon.restart({ signal });
      const gap = await until(events, isGap);
      const since = gap.type === 'gap' ? gap.since : undefined;
      expect(since).toBeGreaterThanOrEqual(subscribedAt);
      expect(since).toBeLessThanOrEqual(lost[0]?.at ?? 0);
      expect(lost[0]?.error).toMatchObject({ kind: 'unreachable' });

      const name = `after-${signal.toLowerCase()}`;
      await incus.instances.create({ name, source: { type: 'none' } });
      await until(events, isAction('instance-created', name));
      await events.return?.();
    },
  );

  it('report a daemon that is away, and every call then is unreachable', async () => {
    const whileAway = async () => {
      await expect(incus.instances.list()).rejects.toMatchObject({ kind: 'unreachable', retryable: true });
      const stop = new AbortController();
      const onDisconnect = () => stop.abort();
      for await (const event of incus.events.subscribe({ types: ['lifecycle'], signal: stop.signal, onDisconnect })) {
        throw new Error(`no event was expected, ${event.type} came`);
      }
      expect(stop.signal.aborted).toBe(true);
    };
    await daemon.restart({ signal: 'SIGKILL', whileAway });
    expect(await incus.instances.names()).toContain('first');
  });

  it('of other projects are seen by those who ask for all', async () => {
    await incus.projects.create({ name: 'other' });
    const events = incus.events.subscribe({ types: ['lifecycle'], allProjects: true })[Symbol.asyncIterator]();
    await until(events, isGap);
    const other = incus.withProject('other');
    await other.profiles.create({ name: 'p' });
    const seen = await until(
      events,
      event => event.type === 'lifecycle' && event.metadata.action === 'profile-created',
    );
    expect(seen).toMatchObject({ project: 'other' });
    await events.return?.();
  });
});
