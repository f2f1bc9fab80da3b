/** Names, ids and places that the host and the guest agree on. CONTRACT.md explains them. */

/** The user that the agent and its jobs run as. */
export const AGENT_USER = { name: 'agent', uid: 1100, gid: 1100, home: '/home/agent' } as const;

/** On the guest's tmpfs, for root alone: what is pushed here never reaches a disk. */
const RUN_DIRECTORY = '/run/iap';

/** The one file whose arrival starts the agent. */
export const ACTIVATION_PATH = `${RUN_DIRECTORY}/activation.tar`;

/** Made by the host when it has the last log lines; the guest powers off at once when it sees it. */
export const COLLECTED_PATH = `${RUN_DIRECTORY}/collected`;

/** The variables by which proxies are used, a `NAME=value` a line; each pool's own win. */
export const WAY_OUT_PATH = `${RUN_DIRECTORY}/way-out.env`;

/** What the guest's own units write, one `.log` file for each. */
export const LOG_DIRECTORY = '/var/log/iap';
