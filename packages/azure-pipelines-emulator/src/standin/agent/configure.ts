/** `config.sh`: registers this agent with a pool and writes the files by which it runs. */

import { existsSync } from 'node:fs';
import { hostname, release, type } from 'node:os';
import { join } from 'node:path';
import { accessByKey } from './access.js';
import { type AdminAccess, adminAccess, findAgent, required } from './admin-access.js';
import {
  isConfigured,
  keyForConfiguration,
  readCredentials,
  readKey,
  writeCredentials,
  writeSettings,
} from './agent-files.js';
import { identityFrom } from './agent-identity.js';
import type { BuildOptions } from './build-options.js';
import type { CommandLine } from './command-line.js';
import { type Connection, connect } from './connection.js';
import { settingsSavedLine } from './console-lines.js';
import { type JsonObject, numberIn, objectFrom, objectIn, objectsIn, optionalTextIn } from './json.js';
import { publicParametersOf } from './rsa-parameters.js';
import { settledServerUrl, withOriginOf } from './server-url.js';
import { systemCapabilities } from './system-capabilities.js';

export interface ConfigureContext {
  readonly rootDirectory: string;
  readonly commandLine: CommandLine;
  readonly build: BuildOptions;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

const emptyGuid = '00000000-0000-0000-0000-000000000000';

/** Registers the agent. Throws an Error whose message is the line to print; whatever is missing is never asked for. */
export async function configure(context: ConfigureContext): Promise<void> {
  const { rootDirectory, commandLine, print, signal } = context;
  if (isConfigured(rootDirectory)) {
    throw new Error(
      'Cannot configure the agent because it is already configured. To reconfigure the agent, run "./config.sh remove" first.',
    );
  }
  if (!existsSync(join(rootDirectory, 'license.html')))
    throw new Error('license.html is missing from the agent folder');
  const url = required(commandLine, 'url');
  const { access, credential } = adminAccess(commandLine);
  print('Connecting to server ...');
  const connection = await connect(url, access, signal);
  const key = await keyForConfiguration(rootDirectory);
  const pool = await findPool(connection, required(commandLine, 'pool'), signal);
  print('Scanning for tool capabilities.');
  print('Connecting to the server.');
  const name = commandLine.values.get('agent') ?? hostname();
  const agent = await register(context, connection, pool, name, publicParametersOf(key));

  const properties = objectIn(objectIn(agent, 'properties'), 'ServerUrl');
  const serverUrl = settledServerUrl(url, optionalTextIn(properties, '$value'));
  storeCredentials(rootDirectory, agent, credential, connection.isHosted ? undefined : serverUrl);
  if (readCredentials(rootDirectory).scheme.toLowerCase() === 'oauth') {
    print('Testing agent connection.');
    const identity = identityFrom(readCredentials(rootDirectory), readKey(rootDirectory));
    await connect(serverUrl, accessByKey(identity), signal);
  }
  writeSettings(rootDirectory, {
    acceptTeeEula: commandLine.flags.has('acceptteeeula'),
    agentId: numberIn(agent, 'id', 'the registration'),
    agentName: name,
    poolId: pool.id,
    poolName: pool.name,
    serverUrl,
    workFolder: commandLine.values.get('work') ?? '_work',
  });
  print(settingsSavedLine(Date.now()));
}

async function findPool(connection: Connection, name: string, signal: AbortSignal) {
  const query = { poolName: name, poolType: 'automation' };
  const answer = await connection.call({ method: 'GET', location: 'pools', route: {}, query }, signal);
  const pool = objectsIn(objectFrom(answer, 'the list of pools'), 'value')[0];
  if (pool === undefined) throw new Error(`Agent pool not found: '${name}'`);
  return { id: numberIn(pool, 'id', 'the pool'), name: optionalTextIn(pool, 'name') ?? name };
}

async function register(
  context: ConfigureContext,
  connection: Connection,
  pool: { readonly id: number },
  name: string,
  publicKey: object,
): Promise<JsonObject> {
  const { rootDirectory, commandLine, build, print, signal } = context;
  const found = await findAgent(connection, pool.id, name, signal);
  const body = {
    ...found,
    name,
    version: build.version,
    osDescription: `${type()} ${release()}`,
    maxParallelism: 1,
    provisioningState: 'Provisioned',
    authorization: { publicKey },
    systemCapabilities: systemCapabilities({
      agentName: name,
      version: build.version,
      rootDirectory,
      environment: process.env,
    }),
  };
  if (found === undefined) {
    const answer = await connection.call(
      { method: 'POST', location: 'agents', route: { poolId: pool.id }, body },
      signal,
    );
    print('Successfully added the agent');
    return objectFrom(answer, 'the registration');
  }
  if (!commandLine.flags.has('replace')) {
    throw new Error(`Pool ${pool.id} already contains an agent with name ${name}.`);
  }
  // The real agent starts over without end when this is refused; an error is more use to whoever waits for it.
  const route = { poolId: pool.id, agentId: numberIn(found, 'id', 'the registration') };
  const answer = await connection.call({ method: 'PUT', location: 'agents', route, body }, signal);
  print('Successfully replaced the agent');
  return objectFrom(answer, 'the registration');
}

function storeCredentials(
  rootDirectory: string,
  agent: JsonObject,
  credential: AdminAccess['credential'],
  reachableUrl: string | undefined,
): void {
  const authorization = objectIn(agent, 'authorization');
  const clientId = optionalTextIn(authorization, 'clientId') ?? emptyGuid;
  const authorizationUrl = optionalTextIn(authorization, 'authorizationUrl');
  if (clientId === emptyGuid || authorizationUrl === undefined) {
    // Whoever keeps this agent has to notice: the administrator's own token lies in the file then, as with the real one.
    writeCredentials(rootDirectory, credential.scheme, credential.values);
    return;
  }
  const oauthEndpointUrl = reachableUrl === undefined ? authorizationUrl : withOriginOf(authorizationUrl, reachableUrl);
  writeCredentials(rootDirectory, 'OAuth', { clientId, authorizationUrl, oauthEndpointUrl });
}
