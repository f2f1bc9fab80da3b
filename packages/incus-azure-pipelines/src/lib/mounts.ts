/** Where paths of this host lie on its file systems, as the kernel tells it: one folder can have many paths. */
import { basename, dirname, join } from 'node:path';

/** A line of `/proc/self/mountinfo`. */
export interface Mount {
  readonly id: string;
  readonly parent: string;
  /** `major:minor` of the file system. */
  readonly device: string;
  /** What of the file system is mounted. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
}

/** A place on a file system, the same by whichever path it is reached. */
export interface Place extends Pick<Mount, 'device' | 'type'> {
  /** From the root of the file system. */
  readonly path: string;
}

/** Reads `/proc/self/mountinfo`. Source: proc_pid_mountinfo(5). */
export function readMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap(line => {
    const [before = '', after = ''] = line.split(' - ');
    const [id, parent, device, root, point] = before.split(' ');
    const [type] = after.split(' ');
    if (id === undefined || parent === undefined || device === undefined) return [];
    if (root === undefined || point === undefined || !type) return [];
    return [{ id, parent, device, root: plain(root), point: plain(point), type }];
  });
}

/** Finds the place of a path that holds no links; undefined where no mount is known for it. */
export function placeOf(path: string, mounts: readonly Mount[]): Place | undefined {
  const ids = new Set(mounts.map(({ id }) => id));
  let mount = mounts.find(({ point, parent }) => point === '/' && !ids.has(parent));
  if (mount === undefined) return undefined;
  // On its way from the root a path enters the first mount that is in its way; another may be on top of that.
  for (const seen = new Set<Mount>(); !seen.has(mount); ) {
    seen.add(mount);
    const at: Mount = mount;
    const next = mounts
      .filter(({ parent, point, id }) => parent === at.id && id !== at.id && liesIn(path, point))
      .toSorted((a, b) => a.point.length - b.point.length)[0];
    if (next !== undefined) mount = next;
  }
  return {
    device: mount.device,
    type: mount.type,
    path: joined(mount.root, path.slice(mount.point === '/' ? 0 : mount.point.length)),
  };
}

/** The places of everything that is mounted at a path or below it. */
export function placesBelow(path: string, mounts: readonly Mount[]): readonly Place[] {
  return mounts
    .filter(({ point }) => liesIn(point, path))
    .map(({ device, root, type }) => ({ device, type, path: root }));
}

/** The places of whatever is at a path or below it, and of what is hidden there: it may be seen by another path. */
export function placesAt(path: string, mounts: readonly Mount[]): readonly Place[] {
  const [at, above] = [placeOf(path, mounts), placeOf(dirname(path), mounts)];
  const own = at === undefined ? [] : [at];
  const hidden = path === '/' || above === undefined ? [] : [{ ...above, path: join(above.path, basename(path)) }];
  const others = hidden.filter(({ device, path: inside }) => device !== at?.device || inside !== at.path);
  return [...own, ...others, ...placesBelow(path, mounts)];
}

/** Whether one path is another or lies below it. */
export function liesIn(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Whether one of two places holds the other, or is it. */
export function overlap(some: Place, other: Place): boolean {
  return some.device === other.device && (liesIn(some.path, other.path) || liesIn(other.path, some.path));
}

function joined(root: string, rest: string): string {
  const whole = `${root === '/' ? '' : root}${rest === '/' ? '' : rest}`;
  return whole === '' ? '/' : whole;
}

function plain(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
