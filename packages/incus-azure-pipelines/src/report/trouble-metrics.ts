import type { Registry } from 'prom-client';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { type LastStatus, makersFor } from './metric-makers.js';

/** Tells of what the daemon goes on in spite of, and that somebody has to mend: no agent is missed for it yet. */
export function tellTroubles(events: Events<DaemonEvents>, status: LastStatus, registry: Registry): void {
  const { counter, scraped } = makersFor(registry);
  scraped(
    'iap_configuration_refused',
    [],
    'Whether the configuration file as it is now was refused, so that the one before goes on: 1 or 0.',
    refused => {
      const configuration = status()?.configuration;
      if (configuration !== undefined) refused.set(Number(configuration.refused !== undefined));
    },
  );
  scraped(
    'iap_latest_token_refused',
    ['pool'],
    'Whether Azure refuses the latest token of the pool, so that the one before is used as long as it is good: 1 or 0.',
    refused => {
      for (const { name, tokenRefusedSince } of status()?.pools ?? [])
        refused.set({ pool: name }, Number(tokenRefusedSince !== undefined));
    },
  );
  scraped(
    'iap_creation_held_back',
    ['pool'],
    'Whether the host has no room for more instances of the pool, beside what `hostReserve` keeps: 1 or 0. There where it keeps some.',
    held => {
      const { host, pools = [] } = status() ?? {};
      if (host !== undefined)
        for (const { name } of pools) held.set({ pool: name }, Number(host.holdsBack.includes(name)));
    },
  );
  const unwritten = counter(
    'iap_unwritten_ends_total',
    [],
    'Ends of agents of which no record could be written, so that `logs` lacks them; `status` says why of the last one.',
  );
  events.on('end-unwritten', () => unwritten.inc());
}
