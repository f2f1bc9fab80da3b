import { afterAll, beforeAll } from 'vitest';
import { connectIncus, type IncusClient } from '../src/index.js';

/**
 * Gives a group of tests a project of its own that shares the images and profiles of `default`, and takes it away again
 * with every instance in it.
 */
export function useProject(name: string, testbed: () => { readonly socketPath: string }): () => IncusClient {
  let root: IncusClient | undefined;
  let client: IncusClient | undefined;

  beforeAll(async () => {
    root = connectIncus({ connection: { kind: 'unix', socketPath: testbed().socketPath } });
    await root.projects.create({ name, config: { 'features.images': 'false', 'features.profiles': 'false' } });
    client = root.withProject(name);
  });

  afterAll(async () => {
    if (client) await deleteInstances(client);
    await root?.projects.delete(name);
    await root?.close();
  });

  return () => {
    if (!client) throw new Error(`use project "${name}": only inside a test`);
    return client;
  };
}

async function deleteInstances({ instances }: IncusClient): Promise<void> {
  for (const { name, ephemeral, status } of await instances.list()) {
    const stopped = status === 'Stopped';
    if (!stopped) await instances.stop(name, { force: true });
    // Stopping an ephemeral one has deleted it.
    if (stopped || !ephemeral) await instances.delete(name);
  }
}
