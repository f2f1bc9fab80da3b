import { computed, signal } from '@preact/signals';
import type { PageDocument } from '../report/page-document.js';
import { type Memory, NOTHING, remembered } from './memory.js';
import { dayOf } from './words.js';

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** When (epoch ms, by the daemon's clock) something was heard last; of a daemon that was never heard, when it was asked. */
  | { readonly kind: 'lost'; readonly since: number };

export const memory = signal<Memory>(NOTHING);
export const connection = signal<Connection>({ kind: 'connecting' });
/** The daemon's time (epoch ms), each second; once it is not heard any more, when it was last: of after that, nothing is known. */
export const now = signal(Date.now());
/** When the day began (epoch ms) that it is by the daemon's time, where the page is read. */
export const today = computed(() => dayOf(now.value));

/** Whether the daemon, which is heard, has not looked for so long that several looks are missing. */
export const isLate = computed(() => {
  const { lookEveryMs, status } = memory.value;
  return status !== undefined && now.value - status.at > MISSED_LOOKS * lookEveryMs;
});

/** As many as `/healthz` forgives. */
const MISSED_LOOKS = 3;
const TICK_MS = 1_000;
const RETRY_MS = 2_000;
/** The daemon is heard every ten seconds; after three times that it is gone, though nobody has closed the connection. */
const SILENCE_MS = 30_000;

let source: EventSource | undefined;
let knownUntil = '';
/** By the clock of this machine; 0 before anything was heard. */
let heardAt = 0;
let askedAt = 0;
let aheadMs = 0;

/** Keeps the page told of what is, for as long as somebody can see it. */
export function follow(): void {
  setInterval(tick, TICK_MS);
  document.addEventListener('visibilitychange', () => (document.hidden ? hide() : open()));
  if (!document.hidden) open();
}

function open(): void {
  if (source !== undefined) return;
  askedAt = Date.now();
  const opened = new EventSource(`live?since=${encodeURIComponent(knownUntil)}`);
  source = opened;
  opened.addEventListener('document', ({ data, lastEventId }: MessageEvent<string>) => {
    const document = JSON.parse(data) as PageDocument;
    knownUntil = lastEventId;
    memory.value = remembered(memory.value, document);
    heard(document.at);
  });
  opened.addEventListener('beat', ({ data }: MessageEvent<string>) => heard(Number(data)));
  opened.addEventListener('error', lose);
}

function heard(at: number): void {
  heardAt = Date.now();
  aheadMs = at - heardAt;
  now.value = at;
  if (connection.value.kind !== 'live') connection.value = { kind: 'live' };
}

function lose(): void {
  if (source === undefined) return;
  close();
  if (connection.value.kind !== 'lost') {
    now.value = (heardAt || askedAt) + aheadMs;
    connection.value = { kind: 'lost', since: now.value };
  }
  setTimeout(() => !document.hidden && open(), RETRY_MS);
}

/** Who looks again is told that nothing is known of what is, until something is. */
function hide(): void {
  close();
  connection.value = { kind: 'connecting' };
}

function close(): void {
  source?.close();
  source = undefined;
}

function tick(): void {
  if (connection.value.kind === 'live') now.value = Date.now() + aheadMs;
  if (Date.now() - Math.max(heardAt, askedAt) > SILENCE_MS) lose();
}
