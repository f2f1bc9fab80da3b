/** What the configuration is read against: the host and its environment. */

import os from 'node:os';

export interface ConfigEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

/** The host that this process runs on. */
export function hostEnvironment(): ConfigEnvironment {
  return {
    variables: process.env,
    hostname: os.hostname(),
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
  };
}
