import { type Connection, findSocket } from './connection.js';
import { type CallReport, Transport } from './request.js';
import { type Certificates, makeCertificates } from './resources/certificates.js';
import { type Events, makeEvents } from './resources/events.js';
import { type Exec, makeExec } from './resources/exec.js';
import { type Files, makeFiles } from './resources/files.js';
import { type Images, makeImages } from './resources/images.js';
import { type Instances, makeInstances } from './resources/instances.js';
import { makeOperations, type Operations } from './resources/operations.js';
import { makeProfiles, type Profiles } from './resources/profiles.js';
import { makeProjects, type Projects } from './resources/projects.js';
import { makeServer, type Server } from './resources/server.js';
import { makeOpenTerminal, type OpenTerminal } from './resources/terminal.js';

export interface IncusOptions {
  /** Default: the local daemon's socket, as {@link findSocket} finds it. */
  readonly connection?: Connection | undefined;
  /** Default `default`. */
  readonly project?: string | undefined;
  readonly userAgent?: string | undefined;
  /** Hears of every HTTP exchange when it has ended, and of every websocket when it has opened. */
  readonly onCall?: ((call: CallReport) => void) | undefined;
}

/** A client of one Incus daemon, in one project. */
export interface IncusClient extends AsyncDisposable {
  readonly project: string;
  readonly instances: Instances;
  readonly files: Files;
  readonly exec: Exec;
  readonly openTerminal: OpenTerminal;
  readonly images: Images;
  readonly operations: Operations;
  readonly events: Events;
  readonly server: Server;
  readonly projects: Projects;
  readonly profiles: Profiles;
  readonly certificates: Certificates;
  /** The same connection, in another project. Closing the result closes nothing. */
  withProject(project: string): IncusClient;
  /** Breaks every call under way and ends every subscription. */
  close(): Promise<void>;
}

/** Makes a client. Nothing is opened until the first call. */
export function connectIncus(options: IncusOptions = {}): IncusClient {
  const connection = options.connection ?? findSocket();
  const transport = new Transport(connection, options.userAgent ?? 'incus-client', options.onCall);
  return clientOn(transport, options.project ?? 'default', async () => {
    await transport[Symbol.asyncDispose]();
  });
}

function clientOn(transport: Transport, project: string, close: () => Promise<void>): IncusClient {
  const scope = { transport, project };
  return {
    project,
    instances: makeInstances(scope),
    files: makeFiles(scope),
    exec: makeExec(scope),
    openTerminal: makeOpenTerminal(scope),
    images: makeImages(scope),
    operations: makeOperations(scope),
    events: makeEvents(scope),
    server: makeServer(scope),
    projects: makeProjects(scope),
    profiles: makeProfiles(scope),
    certificates: makeCertificates(scope),
    withProject: other => clientOn(transport, other, () => Promise.resolve()),
    close,
    [Symbol.asyncDispose]: close,
  };
}
