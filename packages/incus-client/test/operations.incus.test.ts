import { expect, it, onTestFinished, vi } from 'vitest';
import { describeOnIncus } from '../../../testbed/for-tests.js';
import { incusEnvironment } from '../../../testbed/incus-command.js';
import { runCommand } from '../../../testbed/run-command.js';
import { type CallReport, connectIncus, type IncusClient } from '../src/index.js';
import { useProject } from './use-project.js';

describeOnIncus('operations', testbed => {
  const incus = useProject('client-operations', testbed);

  async function operationOn({ operations }: IncusClient, instance: string) {
    const suffix = `/${instance}?project=client-operations`;
    const found = (await operations.list()).find(({ resources }) => resources?.instances?.[0]?.endsWith(suffix));
    if (!found) throw new Error(`no operation on ${instance}`);
    return found;
  }

  it('that have ended are known for a while, then gone', async () => {
    const client = incus();
    await client.instances.create({ name: 'x', source: { type: 'none' } });
    const { id } = await operationOn(client, 'x');
    expect(await client.operations.wait(id)).toMatchObject({ kind: 'success', operation: { status: 'Success' } });
    await vi.waitFor(() => expect(client.operations.get(id)).rejects.toMatchObject({ kind: 'not-found' }), {
      timeout: 20_000,
      interval: 500,
    });
    expect(await client.operations.wait(id)).toEqual({ kind: 'gone' });
  });

  it('that fail throw from the wait, each time', async () => {
    const client = incus();
    const stop = client.instances.changeState('x', { action: 'stop', force: true });
    await expect(stop).rejects.toMatchObject({ kind: 'already-so' });
    const failed = (await client.operations.list()).find(({ status }) => status === 'Failure');
    await expect(client.operations.wait(failed?.id ?? '')).rejects.toMatchObject({ kind: 'already-so' });
  });

  it('that cannot be cancelled say so', async () => {
    const client = incus();
    await client.instances.create({ name: 'y', source: { type: 'none' } });
    const { id } = await operationOn(client, 'y');
    await expect(client.operations.cancel(id)).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('that can be cancelled end when they are, and whoever waits for them is told', async () => {
    const { images, operations } = incus();
    const fingerprint = await images.resolveAlias(testbed().image);
    const path = `/1.0/images/${fingerprint}/secret?project=client-operations`;
    // It stands for a secret that is good for one download, and runs until that has come or somebody cancels it.
    const answer = await runCommand('incus', ['query', '--request', 'POST', path], {
      env: incusEnvironment(testbed().directory),
      deadlineMs: 30_000,
    });
    const { id } = JSON.parse(answer) as { readonly id: string };
    expect(await operations.get(id)).toMatchObject({ status: 'Running', may_cancel: true });
    const told = expect(operations.wait(id)).rejects.toMatchObject({
      kind: 'failed',
      retryable: false,
      message: `wait for operation ${id}: the operation was cancelled`,
    });
    await operations.cancel(id);
    await told;
    expect(
      (await operations.list()).filter(operation => operation.id === id && operation.status === 'Running'),
    ).toEqual([]);
  });

  it('of a guest that ignores its shutdown fail, and are not taken for a wait that ran out', async () => {
    const { instances, exec } = incus();
    const source = { type: 'image', alias: testbed().image } as const;
    await instances.create({ name: 'deaf', source, start: true });
    // A frozen process tree cannot answer the halt signal.
    await exec('deaf', { command: ['true'] });
    await instances.changeState('deaf', { action: 'freeze' });
    const stop = instances.changeState('deaf', { action: 'stop', timeoutS: 1 });
    await expect(stop).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/^stop instance "deaf": /),
    });
    await instances.stop('deaf', { force: true });
  });

  it('go on when the wait for them is given up', async () => {
    const controller = new AbortController();
    // Accepted, and not waited for yet.
    const onCall = ({ method }: CallReport) => method === 'POST' && controller.abort();
    const root = connectIncus({ connection: { kind: 'unix', socketPath: testbed().socketPath }, onCall });
    onTestFinished(() => root.close());
    const { instances } = root.withProject('client-operations');
    const source = { type: 'image', alias: testbed().image } as const;
    const creation = instances.create({ name: 'left', source }, { signal: controller.signal });
    await expect(creation).rejects.toMatchObject({ name: 'AbortError' });
    await vi.waitFor(() => instances.start('left'), { timeout: 20_000 });
    expect((await instances.state('left')).pid).toBeGreaterThan(0);
  });
});
