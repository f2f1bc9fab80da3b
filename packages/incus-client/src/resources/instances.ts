import { type CallOptions, deadlines } from '../deadline.js';
import { isIncusError } from '../errors.js';
import { answerTo, callFor, type Scope } from '../scope.js';
import { runOperation, type WaitOptions } from '../wait.js';
import {
  type Instance,
  type InstancePatch,
  type InstanceStatePut,
  type InstancesPost,
  readInstance,
} from '../wire/instance.js';
import { type InstanceFull, type InstanceState, readInstanceState } from '../wire/instance-state.js';

export interface ListInstancesOptions extends CallOptions {
  /** Incus's filter language, whose values are case-insensitive regular expressions; prefer to match on this side. */
  readonly filter?: string | undefined;
  readonly allProjects?: boolean | undefined;
}

/** Instances: `/1.0/instances`. Calls that change one start an operation and return when it has succeeded. */
export interface Instances {
  /** Lists with configuration and status (`recursion=1`), which is cheap. A project that does not exist has none. */
  list(options?: ListInstancesOptions): Promise<readonly Instance[]>;
  names(options?: ListInstancesOptions): Promise<readonly string[]>;
  /** Lists with state (`recursion=2`): the daemon visits every running guest. Not for polling. */
  listFull(options?: ListInstancesOptions): Promise<readonly InstanceFull[]>;
  get(name: string, options?: CallOptions): Promise<{ readonly instance: Instance; readonly etag: string }>;
  state(name: string, options?: CallOptions): Promise<InstanceState>;
  /**
   * Creates from an image or as a copy. With `start: true`, a failure of the start leaves the instance behind, stopped.
   *
   * @throws IncusError `conflict` when the name is taken (the other instance is untouched), `not-found` when the source
   * is missing, `forbidden` when the project's limits or restrictions forbid it.
   */
  create(post: InstancesPost, options?: WaitOptions & { readonly target?: string | undefined }): Promise<void>;
  /** @throws IncusError `already-so` when it is in that state. */
  changeState(name: string, change: InstanceStatePut, options?: WaitOptions): Promise<void>;
  /** Starts; one that runs is fine. */
  start(name: string, options?: WaitOptions): Promise<void>;
  /** Stops; one that is stopped is fine. An ephemeral instance is deleted thereby. */
  stop(
    name: string,
    how?: { readonly force?: boolean; readonly timeoutS?: number },
    options?: WaitOptions,
  ): Promise<void>;
  /**
   * Merges into configuration and devices. Releases before 6.0.6 blank a description that is not sent.
   *
   * @throws IncusError `stale-etag` when `etag` is given and the instance has changed since.
   */
  patch(
    name: string,
    patch: InstancePatch,
    options?: CallOptions & { readonly etag?: string | undefined },
  ): Promise<void>;
  /** @throws IncusError `busy` while it runs. */
  delete(name: string, options?: WaitOptions): Promise<void>;
  /** Renames one that is stopped. */
  rename(name: string, newName: string, options?: WaitOptions): Promise<void>;
}

const all = '/1.0/instances';
const one = '/1.0/instances/{name}';
/** What the daemon grants a guest that is asked to stop, and what this side adds for the rest of the work. */
const politeStopS = 600;
const marginMs = 60_000;

export function makeInstances(scope: Scope): Instances {
  const query = { project: scope.project };

  async function listAs<T>(recursion: number, options: ListInstancesOptions | undefined): Promise<readonly T[]> {
    const where = options?.allProjects ? { 'all-projects': true } : query;
    const exchange = {
      tried: 'list instances',
      method: 'GET',
      route: all,
      query: { ...where, recursion, filter: options?.filter },
    } as const;
    return (await callFor<readonly T[] | null>(scope, exchange, options)) ?? [];
  }

  async function changeState(name: string, change: InstanceStatePut, options?: WaitOptions): Promise<void> {
    const force = change.force ?? false;
    const exchange = {
      tried: `${change.action} instance "${name}"`,
      method: 'PUT',
      route: `${one}/state`,
      names: { name },
      query,
      json: { action: change.action, force, timeout: change.timeoutS ?? -1 },
    } as const;
    const polite = !force && (change.action === 'stop' || change.action === 'restart');
    const defaultMs = polite ? (change.timeoutS ?? politeStopS) * 1000 + marginMs : deadlines.operationMs;
    await runOperation(scope, exchange, options, defaultMs);
  }

  return {
    async list(options) {
      return (await listAs<Instance>(1, options)).map(readInstance);
    },
    async names(options) {
      return (await listAs<string>(0, options)).map(nameInUrl);
    },
    async listFull(options) {
      const raw = await listAs<InstanceFull>(2, options);
      return raw.map(instance => ({ ...readInstance(instance), state: readInstanceState(instance.state) }));
    },
    async get(name, options) {
      const exchange = { tried: `get instance "${name}"`, method: 'GET', route: one, names: { name }, query } as const;
      const { envelope, etag } = await answerTo<Instance>(scope, exchange, options);
      return { instance: readInstance(envelope.metadata), etag };
    },
    async state(name, options) {
      const tried = `get the state of instance "${name}"`;
      const exchange = { tried, method: 'GET', route: `${one}/state`, names: { name }, query } as const;
      return readInstanceState(await callFor<InstanceState>(scope, exchange, options));
    },
    async create(post, options) {
      const exchange = {
        tried: `create instance "${post.name}"${describeSource(post)}`,
        method: 'POST',
        route: all,
        query: { ...query, target: options?.target },
        json: { type: 'container', ...post },
      } as const;
      await runOperation(scope, exchange, options, deadlines.operationMs);
    },
    changeState,
    async start(name, options) {
      await alreadySoIsFine(changeState(name, { action: 'start' }, options));
    },
    async stop(name, how, options) {
      await alreadySoIsFine(changeState(name, { action: 'stop', ...how }, options));
    },
    async patch(name, patch, options) {
      const exchange = {
        tried: `change instance "${name}"`,
        method: 'PATCH',
        route: one,
        names: { name },
        query,
        json: patch,
        headers: options?.etag === undefined ? {} : { 'if-match': options.etag },
      } as const;
      await callFor(scope, exchange, options);
    },
    async delete(name, options) {
      const tried = `delete instance "${name}"`;
      const exchange = { tried, method: 'DELETE', route: one, names: { name }, query } as const;
      await runOperation(scope, exchange, options, deadlines.operationMs);
    },
    async rename(name, newName, options) {
      const tried = `rename instance "${name}" to "${newName}"`;
      const exchange = { tried, method: 'POST', route: one, names: { name }, query, json: { name: newName } } as const;
      await runOperation(scope, exchange, options, deadlines.operationMs);
    },
  };
}

function describeSource({ source }: InstancesPost): string {
  if (source.type === 'copy') return ` as a copy of "${source.source}"`;
  if (source.type === 'none') return '';
  return ` from image "${source.alias ?? source.fingerprint ?? JSON.stringify(source.properties ?? {})}"`;
}

function nameInUrl(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
}

async function alreadySoIsFine(change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!isIncusError(error, 'already-so')) throw error;
  }
}
