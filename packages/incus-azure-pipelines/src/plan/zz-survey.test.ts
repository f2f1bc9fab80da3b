import fc from 'fast-check';
import { test } from 'vitest';
import { scenarios } from '../../test/simulation/scenario.js';
import { simulate } from '../../test/simulation/simulate.js';

test('survey', { timeout: 600_000 }, () => {
  const n = Number(process.env.N ?? 200);
  const found = new Map<string, { count: number; first: unknown; message: string; stack: string }>();
  let passes = 0;
  let jobs = 0;
  let ok = 0;
  let inst = 0;
  const start = performance.now();
  for (const scenario of fc.sample(scenarios, { numRuns: n, seed: Number(process.env.SEED ?? 1) })) {
    try {
      const o = simulate(scenario);
      passes += o.passes;
      jobs += o.jobs;
      inst += o.instances;
      ok++;
    } catch (e) {
      const err = e as Error & { promise?: string };
      const key =
        err.promise === 'no job is killed' ? err.message.replace(/host-\S+/, '') : (err.promise ?? err.message);
      const had = found.get(key);
      found.set(key, {
        count: (had?.count ?? 0) + 1,
        first: had?.first ?? scenario,
        message: had?.message ?? err.message,
        stack: err.promise ? '' : String(err.stack),
      });
    }
  }
  console.log({ ok, passes, jobs, inst, s: (performance.now() - start) / 1000 });
  for (const [k, v] of found)
    console.log(k, v.count, '\n   ', v.message.slice(0, 900), '\n   ', JSON.stringify(v.first), v.stack);
});
