/** `config.sh remove`: takes this agent's registration and its files away. */

import { adminAccess, findAgent } from './admin-access.js';
import { isConfigured, readSettings, removeConfiguration } from './agent-files.js';
import type { CommandLine } from './command-line.js';
import { connect } from './connection.js';
import { numberIn } from './json.js';

export interface RemoveContext {
  readonly rootDirectory: string;
  readonly commandLine: CommandLine;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Deletes the registration with an administrator's token, then the files. Throws when the server refuses. */
export async function removeRegistration(context: RemoveContext): Promise<void> {
  const { rootDirectory, commandLine, print, signal } = context;
  if (isConfigured(rootDirectory)) {
    const settings = readSettings(rootDirectory);
    const connection = await connect(settings.serverUrl, adminAccess(commandLine).access, signal);
    print('Removing agent from the server');
    const agent = await findAgent(connection, settings.poolId, settings.agentName, signal);
    if (agent === undefined) {
      print('Does not exist. Skipping Removing agent from the server');
    } else {
      const route = { poolId: settings.poolId, agentId: numberIn(agent, 'id', 'the registration') };
      await connection.call({ method: 'DELETE', location: 'agents', route }, signal);
      print('Succeeded: Removing agent from the server');
    }
  }
  removeConfiguration(rootDirectory);
  print('Succeeded: Removing .credentials');
  print('Succeeded: Removing .agent');
}
