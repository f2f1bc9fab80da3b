/** What root in a guest tries at the socket by which Incus speaks with guests. */
import type { Attack } from '../../../packages/incus-azure-pipelines/src/doctor/attacks/attack.js';

/** What a script may be about. */
interface About {
  readonly victim: { readonly name: string };
  /** How the process on the host that a guest runs under names the guest. */
  readonly monitored: (name: string) => string;
}

/** One that may be about the neighbour. */
export interface NeighbourAttack extends Omit<Attack, 'script'> {
  readonly script: string | ((about: About) => string);
}

/**
 * Runs a command below the guest's own systemd, as a job runs. What Incus itself runs in a guest is another thing to
 * its socket in there: it looks for its guest among all that run, and errs where one of those is just ending.
 */
export function asAJob(command: readonly string[]): readonly string[] {
  // systemd puts its own values in place of variables, unless the dollar is doubled.
  return [
    'systemd-run',
    '--quiet',
    '--pipe',
    '--wait',
    '--collect',
    ...command.map(word => word.replaceAll('$', '$$$$')),
  ];
}

const ask = (path: string, options = '') =>
  `curl --silent --max-time 5 --unix-socket /dev/incus/sock ${options} http://incus${path}`;
const OWNER = '/1.0/config/user.iap.owner';

export const guestApi: readonly NeighbourAttack[] = [
  { fact: 'a guest cannot ask Incus about instances', script: ask('/1.0/instances'), shows: /not found/i },
  {
    fact: 'a guest cannot read keys of its instance that are not meant for it',
    script: ask('/1.0/config/volatile.eth0.hwaddr'),
    shows: /not authorized|forbidden/i,
  },
  {
    fact: 'a guest cannot change a key of its instance',
    script: [
      `before=$(${ask(OWNER)})`,
      ...['PUT', 'PATCH', 'POST', 'DELETE'].map(method =>
        ask(OWNER, `--request ${method} --data evil --output /dev/null`),
      ),
      `[ -n "$before" ] && [ "$(${ask(OWNER)})" = "$before" ] && echo unchanged`,
    ].join('\n'),
    shows: /^unchanged$/,
  },
  {
    fact: 'a guest cannot set a state that is none',
    script: ask('/1.0', `--request PATCH --data '{"state":"Stopped"}'`),
    shows: /invalid state/i,
  },
  {
    fact: 'a guest cannot take an image',
    script: ask('/1.0/images/0123456789ab/export'),
    shows: /not authorized|forbidden|not found/i,
  },
  {
    fact: 'a job without root cannot speak with Incus',
    script: `setpriv --reuid 1100 --regid 1100 --clear-groups ${ask('/1.0')}`,
    shows: /denied/i,
  },
  {
    fact: 'a guest cannot pass for its neighbour by the name of a process',
    script: ({ victim, monitored }) =>
      [
        `answer=$(exec -a '[lxc monitor] ${monitored(victim.name)}' bash -c "${ask('/1.0/meta-data')}; true")`,
        `case "$answer" in *${victim.name}*) echo neighbour;; *"$(hostname)"*) echo itself;; esac`,
      ].join('\n'),
    shows: /^itself$/,
  },
];
