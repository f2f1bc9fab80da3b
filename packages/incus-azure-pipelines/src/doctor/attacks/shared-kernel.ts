/** What the kernel counts for all guests together, or for each user: how much of it one guest can take. */
import { type Attack, HOSTILE } from './attack.js';

const hold = (what: string, count: number) => `perl ${HOSTILE} hold ${what} ${count}`;

/** So many are added within the time of an attack. */
const MOST_KEYS = 20_000;
/** More than a user may have. */
const holdAllKeys = `most=$(cat /proc/sys/kernel/keys/maxkeys)
[ "$most" -le ${MOST_KEYS} ] || { echo "not tried: each user may have $most keys"; exit; }
perl ${HOSTILE} hold keys $((most + 10))`;

/** The kernel's own count of all terminals shows that they are not those of the guest alone. */
const holdTerminals = `count=/proc/sys/kernel/pty/nr
before=$(<$count)
{ read -r said; read -r during; } < <(${hold('terminals', 500)} $count)
echo "$said"
[ $((during - before)) -lt 450 ] || echo 'counted for all guests'`;

/** What ends at the guest itself, where it shares its user ids with nobody: else others have none left meanwhile. */
export const quotas: readonly Attack[] = [
  {
    fact: "a guest's keys end at a quota of its own",
    script: holdAllKeys,
    shows: /keys: \d+: disk quota exceeded/i,
  },
];

/** What others lack while it is held: not to be tried where jobs of others run. */
export const sharedKernel: readonly Attack[] = [
  {
    fact: 'open: a guest takes inotify instances that all guests share',
    script: hold('inotify', 500),
    shows: /inotify: 500: as many as wanted/,
  },
  {
    fact: 'open: a guest takes places for asynchronous reads and writes that the whole host shares',
    script: hold('aio', 20),
    shows: /aio: 20: as many as wanted/,
  },
  {
    fact: 'open: a guest takes namespaces without a limit of its own, of the share that all guests have',
    script: `cat /proc/sys/user/max_uts_namespaces; ${hold('namespaces', 500)}`,
    shows: /^2147483647\nnamespaces: 500: as many as wanted/,
  },
  {
    fact: 'open: a guest takes terminals that all guests share',
    script: holdTerminals,
    shows: /^terminals: 500: as many as wanted\ncounted for all guests/,
  },
];
