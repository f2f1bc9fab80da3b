import { Counter, type Registry } from 'prom-client';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { HANDOVER_MS, SlotAccount, type Slots } from './slots.js';
import type { StatusDocument } from './status-document.js';

/** Counts slot-seconds, pass by pass, from what the status then shows. The objective: available / (wanted - handover). */
export function countSlots(
  events: Events<DaemonEvents>,
  status: () => StatusDocument | undefined,
  registry: Registry,
): void {
  const counter = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['pool'], registers: [registry] });
  const wanted = counter(
    'iap_slot_seconds_wanted_total',
    'Seconds times live agents wanted, while Incus and Azure could be read: nobody knows of the rest.',
  );
  const available = counter(
    'iap_slot_seconds_available_total',
    'The part of the wanted ones in which an agent was idle or busy.',
  );
  const handover = counter(
    'iap_slot_seconds_handover_total',
    `The part in which a place was empty for at most ${HANDOVER_MS / 1000} s, between two agents; one that is empty for longer is no part of it. The objective is available / (wanted - handover) >= 0.999.`,
  );
  const accounts = new Map<string, SlotAccount>();
  events.on('pass-ended', ({ at }) => {
    const document = status();
    for (const pool of document?.pools ?? []) {
      const account = accounts.get(pool.name) ?? new SlotAccount();
      accounts.set(pool.name, account);
      const isKnown = document?.incus.readable === true && pool.azure.readable;
      const time = account.sample(at, isKnown ? slotsOf(pool) : undefined);
      wanted.inc({ pool: pool.name }, time.wantedMs / 1000);
      available.inc({ pool: pool.name }, time.availableMs / 1000);
      handover.inc({ pool: pool.name }, time.handoverMs / 1000);
    }
  });
}

function slotsOf({ target, agents }: StatusDocument['pools'][number]): Slots {
  return { wanted: target, available: agents.filter(({ phase }) => phase === 'idle' || phase === 'busy').length };
}
