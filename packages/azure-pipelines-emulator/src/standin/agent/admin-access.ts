/** What an administrator gives on the command line, and what a pool says to it. */

import { type Access, accessByToken } from './access.js';
import type { CommandLine } from './command-line.js';
import type { Connection } from './connection.js';
import { type JsonObject, objectFrom, objectsIn } from './json.js';

/** An administrator's access, and the form in which it would be stored. */
export interface AdminAccess {
  readonly access: Access;
  readonly credential: { readonly scheme: string; readonly values: Readonly<Record<string, string>> };
}

/** Returns the value of an argument; throws the line that ends an unattended configuration when it is missing. */
export function required(commandLine: CommandLine, name: string): string {
  const value = commandLine.values.get(name);
  if (value === undefined || value === '') {
    throw new Error(`Invalid configuration provided for ${name}. Terminating unattended configuration.`);
  }
  return value;
}

/** Returns the access that the arguments give; tokens are the only one that this agent knows. */
export function adminAccess(commandLine: CommandLine): AdminAccess {
  const auth = (commandLine.values.get('auth') ?? 'pat').toLowerCase();
  if (auth !== 'pat') throw new Error(`Authentication "${auth}" is not known to this agent; use --auth pat.`);
  const token = required(commandLine, 'token');
  return { access: accessByToken(token), credential: { scheme: 'PAT', values: { token } } };
}

/** Finds a registration by its name; undefined when there is none. */
export async function findAgent(
  connection: Connection,
  poolId: number,
  name: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const query = { agentName: name, includeCapabilities: 'false' };
  const answer = await connection.call({ method: 'GET', location: 'agents', route: { poolId }, query }, signal);
  return objectsIn(objectFrom(answer, 'the list of agents'), 'value')[0];
}
