import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Errand, Report } from './errand.js';

/**
 * Has errands run by as many threads as there are cores, and yields what came of each as it comes. Errands are drawn one
 * by one, so that none is begun after the caller has stopped listening.
 *
 * @throws what a worker throws.
 */
export async function* runAll(errands: Iterable<Errand>): AsyncGenerator<Report> {
  const left = errands[Symbol.iterator]();
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL('worker.js', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: 64 } }),
  );
  const underWay = new Map<Worker, Promise<{ worker: Worker; report: Report }>>();
  const next = (worker: Worker) => {
    const { value: errand, done } = left.next();
    if (done) underWay.delete(worker);
    else underWay.set(worker, ask(worker, errand));
  };
  try {
    for (const worker of workers) next(worker);
    while (underWay.size > 0) {
      const { worker, report } = await Promise.race(underWay.values());
      next(worker);
      yield report;
    }
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()));
  }
}

function ask(worker: Worker, errand: Errand): Promise<{ worker: Worker; report: Report }> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (report: Report) => {
      worker.off('error', reject);
      resolve({ worker, report });
    });
    worker.postMessage(errand, []);
  });
}
