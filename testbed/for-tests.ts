import { beforeAll, describe, inject } from 'vitest';
import { passGate } from './gate.js';

/** A private Incus that the test files of one run share. Each test removes the instances it makes. */
export interface Testbed {
  readonly socketPath: string;
  /** The daemon's INCUS_DIR. */
  readonly directory: string;
  /** Alias of a stock image of this host's distribution: systemd, sudo and docker, nothing of ours. */
  readonly image: 'debian';
  readonly bridge: string;
  /** The host's address on the bridge, where guests reach the servers of a test. */
  readonly gateway: string;
  readonly storagePool: string;
}

/** What the global setup found out: where to wait for the testbed, or why there can be none here. */
export type ProvidedTestbed =
  | { readonly available: true; readonly gate: string }
  | { readonly available: false; readonly reason: string };

declare module 'vitest' {
  interface ProvidedContext {
    testbed: ProvidedTestbed;
  }
}

/** The image may have to be built first, from packages that come over the network: each of its steps has ten minutes. */
const COMING_MS = 1_800_000;

/**
 * Describes behaviour on a real Incus. Where none can run, the tests are skipped and their title says why.
 *
 * @param tests is given a function that returns the testbed; call it inside tests and hooks.
 */
export function describeOnIncus(title: string, tests: (testbed: () => Testbed) => void): void {
  const provided = inject('testbed');
  if (provided.available) {
    describe(title, () => {
      let testbed: Testbed | undefined;
      beforeAll(async () => {
        testbed = (await passGate(provided.gate)) as Testbed;
      }, COMING_MS);
      tests(() => {
        if (testbed === undefined) throw new Error('ask for the testbed inside of tests and hooks');
        return testbed;
      });
    });
    return;
  }
  describe.skip(`${title} [skipped: ${provided.reason}]`, () =>
    tests(() => {
      throw new Error(`ask for the testbed of a skipped test: ${provided.reason}`);
    }));
}
