/** Holds the emulator to a recording of a server. */
import { checksOf } from './checks.js';
import type { Exchange, Recording } from './exchange.js';
import { judge } from './judge.js';

/**
 * In what the emulator differs from a recorded server, a line to each difference; none when it imitates that one. Pure.
 * `emulated` is what it answers today to the same conversation.
 */
export function replayed(recorded: Recording, emulated: Recording): readonly string[] {
  const today = new Map(emulated.exchanges.map(exchange => [exchange.step, exchange]));
  const stale = recorded.exchanges.flatMap(exchange => {
    const asked = today.get(exchange.step);
    if (asked === undefined) return [`${exchange.step}: is not asked any more; make the recording anew`];
    return requestOf(asked) === requestOf(exchange)
      ? []
      : [
          `${exchange.step}: is asked otherwise now (${requestOf(asked)}, then ${requestOf(exchange)}); make the recording anew`,
        ];
  });
  const different = judge(checksOf(recorded), recorded, emulated).filter(({ outcome }) => outcome === 'different');
  return [...stale, ...different.map(({ check, says }) => `${check}: ${says}`)];
}

function requestOf({ apiVersion, as, asks, sends }: Exchange): string {
  const sent = sends === undefined ? '' : ` ${JSON.stringify(sends).replaceAll(/<guid \d+>/g, '<guid>')}`;
  return `${asks.replaceAll(/<guid \d+>/g, '<guid>')} as ${as}, version ${apiVersion ?? 'none'}${sent}`;
}
