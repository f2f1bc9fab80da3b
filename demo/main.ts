/** `npm run demo`: the whole of it on one bare machine, with no Azure account. */
import { constants } from 'node:os';
import type { Display } from './display.js';
import { LiveDisplay } from './live-display.js';
import { paintFor } from './paint.js';
import { PipedDisplay } from './piped-display.js';
import { RemovalError, runDemo } from './run-demo.js';

/** A terminal's Ctrl-C may arrive twice, from the terminal and from npm. */
const sameMs = 500;

/** A person or a machine asked for the end. */
class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}

async function main(): Promise<void> {
  const paint = paintFor(process.stdout, process.env);
  using display = process.stdout.isTTY
    ? new LiveDisplay(process.stdout, paint)
    : new PipedDisplay(text => void process.stdout.write(text));
  const stop = obeySignals(display);
  display.say(paint('bold', 'incus-azure-pipelines: every job gets a machine of its own, used once'));
  display.say('Ctrl-C ends this at any time; whatever was made is removed.\n');
  try {
    const wentWell = await runDemo(display, stop);
    display.finish();
    if (!wentWell) process.exitCode = 1;
    display.say(
      wentWell
        ? '\nTo run it for your own organisation: docs/how-to/install.md'
        : paint('red', '\nNot all of it went as it was meant to; the table shows what.'),
    );
  } catch (error) {
    display.fail();
    if (stop.reason instanceof Stopped && !(error instanceof RemovalError)) {
      display.say('Stopped; everything that was made is removed.');
      process.exitCode = 128 + constants.signals[stop.reason.signal];
      return;
    }
    display.say(paint('red', `The demo failed: ${error instanceof Error ? error.message : String(error)}`));
    process.exitCode = 1;
  }
}

/** The first signal ends the demo in good order; more of them cannot make that quicker, and are answered. */
function obeySignals(display: Display): AbortSignal {
  const controller = new AbortController();
  let answeredAt = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      const now = performance.now();
      const isSame = controller.signal.aborted && now - answeredAt < sameMs;
      if (isSame) return;
      answeredAt = now;
      if (!controller.signal.aborted) {
        display.say(`${name === 'SIGINT' ? 'Ctrl-C' : name}: ending in good order`);
        controller.abort(new Stopped(name));
      } else {
        display.say('Still removing what was made; this takes a few seconds');
      }
    });
  }
  // Nobody reads any more, `| head` for one, or the terminal was closed.
  process.stdout.on('error', () => controller.abort(new Stopped('SIGPIPE')));
  return controller.signal;
}

await main();
