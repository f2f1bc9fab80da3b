import { describe, expect, it, vi } from 'vitest';
import { refused, startScriptedDaemon, sync } from '../test/scripted-daemon.js';
import { connectIncus, isIncusError } from './index.js';
import { type CallReport, pathOf } from './request.js';

describe('pathOf', () => {
  it('escapes names and the query, and leaves out what is undefined', () => {
    const path = pathOf('/1.0/images/aliases/{name}', { name: 'iap/linux 1' }, { project: 'a&b', filter: undefined });
    expect(path).toBe('/1.0/images/aliases/iap%2Flinux%201?project=a%26b');
  });

  it('is the bare route when there is nothing to fill in', () => {
    expect(pathOf('/1.0')).toBe('/1.0');
  });
});

describe('a call', () => {
  it('is made in the project of the client', async () => {
    await using daemon = await startScriptedDaemon(() => sync([]));
    await daemon.client.withProject('ci').instances.list();
    expect(daemon.requests[0]?.url).toBe('/1.0/instances?project=ci&recursion=1');
  });

  it('names all projects instead of one when it lists them all', async () => {
    await using daemon = await startScriptedDaemon(() => sync(null));
    expect(await daemon.client.instances.list({ allProjects: true })).toEqual([]);
    expect(daemon.requests[0]?.url).toBe('/1.0/instances?all-projects=true&recursion=1');
  });

  it('reads maps that the daemon sends as null as empty', async () => {
    const raw = {
      name: 'x',
      config: null,
      expanded_config: null,
      devices: null,
      expanded_devices: null,
      profiles: null,
    };
    await using daemon = await startScriptedDaemon(() => sync([raw]));
    const [instance] = await daemon.client.instances.list();
    expect(instance).toMatchObject({
      config: {},
      expanded_config: {},
      devices: {},
      expanded_devices: {},
      profiles: [],
    });
  });

  it('is reported once, by its template, also when it fails', async () => {
    const calls: CallReport[] = [];
    const options = { onCall: (call: CallReport) => void calls.push(call) };
    await using daemon = await startScriptedDaemon(() => refused(404, 'Instance not found'), undefined, options);
    await expect(daemon.client.instances.get('secret-name')).rejects.toMatchObject({ kind: 'not-found', status: 404 });
    expect(calls).toEqual([{ method: 'GET', route: '/1.0/instances/{name}', status: 404, ms: expect.any(Number) }]);
  });

  it('refuses an answer that is not an envelope', async () => {
    await using daemon = await startScriptedDaemon(() => ({ json: '<html>' }));
    await expect(daemon.client.projects.list()).rejects.toThrow('list projects: the answer is not one of Incus');
  });

  it('that gets no answer ends at its deadline', async () => {
    await using daemon = await startScriptedDaemon(() => 'hang');
    const call = daemon.client.instances.list({ deadlineMs: 20 });
    await expect(call).rejects.toMatchObject({ kind: 'timeout', retryable: true });
    await expect(call).rejects.toThrow('list instances: no answer within 20 ms');
  });

  it('that is aborted throws the reason of the signal itself', async () => {
    await using daemon = await startScriptedDaemon(() => {
      controller.abort();
      return 'hang';
    });
    const controller = new AbortController();
    const error: unknown = await daemon.client.instances.list({ signal: controller.signal }).catch((e: unknown) => e);
    expect(error).toBe(controller.signal.reason);
    expect(error).toMatchObject({ name: 'AbortError' });
  });

  it('that is given up leaves no silent connection, which would keep the daemon from accepting others', async () => {
    await using daemon = await startScriptedDaemon(() => 'hang');
    await expect(daemon.client.instances.list({ deadlineMs: 20 })).rejects.toMatchObject({ kind: 'timeout' });
    await vi.waitFor(async () => expect(await daemon.connections()).toBe(0), 20_000);
  });

  it('whose connection breaks is unreachable', async () => {
    await using daemon = await startScriptedDaemon(() => 'cut');
    await expect(daemon.client.instances.list()).rejects.toMatchObject({ kind: 'unreachable', retryable: true });
  });

  it('on a closed client says so', async () => {
    await using daemon = await startScriptedDaemon(() => sync([]));
    await daemon.client.close();
    await expect(daemon.client.instances.list()).rejects.toThrow('list instances: the client is closed');
  });

  it('without a daemon names the socket', async () => {
    await using client = connectIncus({ connection: { kind: 'unix', socketPath: '/nonexistent/unix.socket' } });
    const error: unknown = await client.server.info().catch((e: unknown) => e);
    expect(isIncusError(error, 'unreachable')).toBe(true);
    expect(String(error)).toContain('cannot reach Incus at /nonexistent/unix.socket');
  });
});
