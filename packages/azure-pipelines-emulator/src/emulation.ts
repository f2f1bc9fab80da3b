/** An emulated organisation without a socket. */
import { Hono } from 'hono';
import { Alarm } from './alarm.js';
import { type Bindings, createApp } from './app.js';
import { CallLog } from './call-log.js';
import { systemClock } from './clock.js';
import { createControl } from './control.js';
import { createDriver, type Driver } from './driver.js';
import { Faults } from './faults.js';
import { applyLapses, lapses } from './lifetimes.js';
import { collectionPath, type EmulatorOptions, resolveSettings } from './options.js';
import { assignWaiting } from './requests.js';
import { World } from './world.js';

/** The parts of an emulated organisation. */
export interface Emulation extends Disposable {
  readonly world: World;
  readonly driver: Driver;
  readonly app: Hono<Bindings>;
}

/** Builds an emulated organisation; whoever does so disposes it, which ends its polls and its timers. */
export function createEmulation(options: EmulatorOptions = {}): Emulation {
  const settings = resolveSettings(options);
  const clock = options.clock ?? systemClock();
  const world = new World(settings, clock, world => {
    assignWaiting(world);
    if (world.closing.signal.aborted) return;
    alarm.setAt(lapses(world.state, settings.sessionLapseMs)[0]?.at);
  });
  const alarm = new Alarm(clock, () => {
    applyLapses(world);
    world.changed();
  });
  world.publicUrl = (options.publicUrl ?? `http://emulator.invalid/${collectionPath(settings.collection)}`).replace(
    /\/+$/,
    '',
  );
  const faults = new Faults();
  const calls = new CallLog();
  const driver = createDriver(world, faults, calls);
  const app = new Hono<Bindings>();
  app.route('/_emulator', createControl(driver, clock));
  app.route('/', createApp(world, faults, calls));
  return {
    world,
    driver,
    app,
    [Symbol.dispose]() {
      world.closing.abort();
      alarm[Symbol.dispose]();
    },
  };
}
