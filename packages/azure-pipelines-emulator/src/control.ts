/**
 * The side door under `/_emulator/`: what a person or a script outside the process may do to the emulator. It is no
 * part of the imitated API and opens only to callers on the same host.
 */
import { Hono } from 'hono';
import type { Bindings } from './app.js';
import type { Clock, ManualClock } from './clock.js';
import type { Driver } from './driver.js';
import { parseFault } from './faults.js';
import type { Step } from './state.js';
import { type JsonObject, numberOf, textMapOf, textOf, toObject, toObjects, toTexts } from './wire/json.js';

/** Builds the side door; its answers are bare JSON, and refusals `{"error"}`. */
export function createControl(driver: Driver, clock: Clock): Hono<Bindings> {
  const control = new Hono<Bindings>();
  control.use((context, next) => {
    const socket = context.env?.incoming?.socket;
    const local = socket === undefined || isLocal(socket.remoteAddress, socket.localAddress);
    if (!local) {
      return Promise.resolve(context.json({ error: 'The side door opens only on the host of the emulator.' }, 403));
    }
    return next();
  });
  control.onError((error, context) => context.json({ error: error.message }, 400));
  control.post('/jobs', async context => {
    const { requestId, jobId } = driver.queueJob(parseJob(toObject(await context.req.json())));
    return context.json({ requestId, jobId });
  });
  control.get('/jobs', context => context.json(driver.jobs()));
  control.delete('/jobs/:requestId', context => {
    driver.cancelJob(Number(context.req.param('requestId')));
    return context.json({});
  });
  control.get('/agents', context => context.json(driver.agents(context.req.query('pool'))));
  control.get('/calls', context => context.json(driver.calls()));
  control.get('/state', context =>
    context.json({ agents: driver.agents(), deletedAgents: driver.deletedAgents(), jobs: driver.jobs() }),
  );
  control.post('/faults', async context => {
    driver.failNext(parseFault(toObject(await context.req.json())));
    return context.json({});
  });
  control.delete('/faults', context => {
    driver.clearFaults();
    return context.json({});
  });
  control.post('/clock/advance', async context => {
    if (!isManual(clock)) throw new Error('advance the clock: this emulator runs on the clock of its host');
    await clock.advance(numberOf(toObject(await context.req.json()), 'ms') ?? 0);
    return context.json({ now: clock.now() });
  });
  control.all('*', context => context.json({ error: `The side door has no ${context.req.path}.` }, 404));
  return control;
}

/** Loopback, or the emulator's own address when it listens on another. */
function isLocal(remote: string | undefined, own: string | undefined): boolean {
  const plain = remote?.replace(/^::ffff:/, '');
  return plain === own?.replace(/^::ffff:/, '') || plain === '::1' || plain?.startsWith('127.') === true;
}

function isManual(clock: Clock): clock is ManualClock {
  return 'advance' in clock;
}

function parseJob(body: JsonObject) {
  const steps = toObjects(body.steps).map(parseStep);
  if (steps.length === 0) throw new Error('queue a job: it has no steps; send {"steps": [{"script": "..."}]}');
  const [name, pool] = [textOf(body, 'name'), textOf(body, 'pool')];
  const timeoutInMinutes = numberOf(body, 'timeoutInMinutes');
  return {
    steps,
    demands: toTexts(body.demands),
    variables: textMapOf(body, 'variables') ?? {},
    ...(name === undefined ? {} : { name }),
    ...(pool === undefined ? {} : { pool }),
    ...(timeoutInMinutes === undefined ? {} : { timeoutInMinutes }),
  };
}

function parseStep(body: JsonObject): Step {
  const [name, script] = [textOf(body, 'name'), textOf(body, 'script')];
  if (script === undefined) throw new Error('queue a job: a step has no "script"');
  return name === undefined ? { script } : { name, script };
}
