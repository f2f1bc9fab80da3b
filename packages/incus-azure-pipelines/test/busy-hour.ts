import type { PretendDaemon } from './pretend-daemon.js';
import { Random } from './simulation/random.js';

const HOUR_MS = 3_600_000;
const LOOK_MS = 30_000;
const TITLES = ['Build', 'Unit tests', 'Integration tests on Debian', 'Package', 'Lint and types', 'Deploy preview'];

interface Happening {
  readonly at: number;
  readonly happen: () => void;
}

/** Lives through an hour with so many places, all of them with jobs, up to now; the same each time. */
export function liveThroughAnHour(daemon: PretendDaemon, places: number, now: number): void {
  const random = new Random(places);
  const happenings: Happening[] = [];
  let agents = 0;
  const then = (at: number, happen: () => void) => happenings.push({ at, happen });
  for (let place = 0; place < places; place++) {
    let next = now - HOUR_MS + random.between(0, 20_000);
    while (next < now) {
      const at = next;
      const n = agents++;
      const job = { jobName: random.pick(TITLES) ?? '', requestId: 1_000 + n };
      const idleAt = at + random.between(600, random.chance(0.03) ? 90_000 : 2_500);
      const busyAt = idleAt + random.between(500, random.chance(0.4) ? 600_000 : 20_000);
      const doneAt = busyAt + random.between(40_000, 1_200_000);
      const result = random.chance(0.1) ? 'failed' : 'succeeded';
      then(at, () => daemon.enters(n, 'starting', at));
      then(idleAt, () => daemon.enters(n, 'idle', idleAt));
      then(busyAt, () => daemon.enters(n, 'busy', busyAt, job));
      then(doneAt, () => daemon.enters(n, 'finished', doneAt, job));
      then(doneAt + 2_000, () => daemon.ends(n, doneAt + 2_000, result, job));
      next = doneAt + 20;
    }
  }
  for (let at = now - HOUR_MS; at <= now; at += LOOK_MS) then(at, () => daemon.looked(at));
  happenings.sort((a, b) => a.at - b.at);
  for (const { at, happen } of happenings) if (at <= now) happen();
  const last = agents;
  for (let n = 0; n < Math.ceil(places / 16); n++)
    daemon.enters(last + n, n % 3 === 0 ? 'preparing' : 'prepared', now - 5_000);
  daemon.looked(now);
}
