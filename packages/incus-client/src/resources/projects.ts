import type { CallOptions } from '../deadline.js';
import { answerTo, callFor, type Scope } from '../scope.js';
import type { Project, ProjectPut, ProjectsPost } from '../wire/project.js';

/** Projects: `/1.0/projects`. */
export interface Projects {
  list(options?: CallOptions): Promise<readonly Project[]>;
  get(name: string, options?: CallOptions): Promise<{ readonly project: Project; readonly etag: string }>;
  /** Creates. A project with profiles of its own begins with an empty profile `default`: no root disk, no network. */
  create(post: ProjectsPost, options?: CallOptions): Promise<void>;
  /**
   * Reads, changes and writes back the whole project, since a PATCH would drop every key that it does not name.
   *
   * @throws IncusError `stale-etag` when somebody else changed it in between.
   */
  replace(name: string, change: (current: Project) => ProjectPut, options?: CallOptions): Promise<void>;
  /** Deletes an empty project. */
  delete(name: string, options?: CallOptions): Promise<void>;
}

const all = '/1.0/projects';
const one = '/1.0/projects/{name}';

export function makeProjects(scope: Scope): Projects {
  async function get(name: string, options?: CallOptions) {
    const exchange = { tried: `get project "${name}"`, method: 'GET', route: one, names: { name } } as const;
    const { envelope, etag } = await answerTo<Project>(scope, exchange, options);
    return { project: readProject(envelope.metadata), etag };
  }
  return {
    async list(options) {
      const exchange = { tried: 'list projects', method: 'GET', route: all, query: { recursion: 1 } } as const;
      return (await callFor<readonly Project[]>(scope, exchange, options)).map(readProject);
    },
    get,
    async create(post, options) {
      await callFor(scope, { tried: `create project "${post.name}"`, method: 'POST', route: all, json: post }, options);
    },
    async replace(name, change, options) {
      const { project, etag } = await get(name, options);
      const { description = project.description, config } = change(project);
      const exchange = {
        tried: `change project "${name}"`,
        method: 'PUT',
        route: one,
        names: { name },
        headers: { 'if-match': etag },
        json: { description, config },
      } as const;
      await callFor(scope, exchange, options);
    },
    async delete(name, options) {
      await callFor(
        scope,
        { tried: `delete project "${name}"`, method: 'DELETE', route: one, names: { name } },
        options,
      );
    },
  };
}

function readProject(raw: Project): Project {
  return { ...raw, config: raw.config ?? {} };
}
