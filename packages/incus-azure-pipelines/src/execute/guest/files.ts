import { activationUnit, agentScript, agentUnit } from './agent.js';
import type { GuestFile } from './guest-file.js';
import { library } from './library.js';
import { preparedScript, preparedUnit } from './prepared.js';
import { registerScript, registerUnit } from './register.js';
import { untoldScript, untoldTimer, untoldUnit } from './untold.js';

const directories: GuestFile = {
  path: '/etc/tmpfiles.d/iap.conf',
  mode: 0o644,
  content: 'd /run/iap 0700 root root -\nd /var/log/iap 0755 root root -\n',
};

const sudoers: GuestFile = {
  path: '/etc/sudoers.d/iap-agent',
  mode: 0o440,
  content: 'agent ALL=(ALL:ALL) NOPASSWD: ALL\n',
};

/** The files without which nothing can become an agent. */
export const neededFiles: readonly GuestFile[] = [
  directories,
  sudoers,
  library,
  preparedScript,
  preparedUnit,
  registerScript,
  registerUnit,
  agentScript,
  agentUnit,
  activationUnit,
];

/** Those that came later: a base without them works, and is told what it lacks. */
export const laterFiles: readonly GuestFile[] = [untoldScript, untoldUnit, untoldTimer];

/** Every file of the guest contract, to be put into a base. */
export const guestFiles: readonly GuestFile[] = [...neededFiles, ...laterFiles];

/** The units that a base has enabled. */
export const neededUnits: readonly string[] = ['iap-prepared.service', 'iap-activation.path'];

/** Those of {@link laterFiles}. */
export const laterUnits: readonly string[] = ['iap-untold.timer'];

export const enabledUnits: readonly string[] = [...neededUnits, ...laterUnits];
