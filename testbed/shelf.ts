/** A project for finished bases: scenarios that are about something else take theirs from there. */
import type { IncusClient } from 'incus-client';
import { ownerMark, removeProject } from './owned-project.js';

export const SHELF = 'iap-shelf';

/** Puts up the shelf, empty. */
export async function makeShelf(root: IncusClient): Promise<void> {
  const shared = { 'features.images': 'false', 'features.profiles': 'false' };
  await root.projects.create({ name: SHELF, config: { ...shared, ...ownerMark() } });
}

/** Takes the shelf away with all that is on it. */
export function removeShelf(root: IncusClient): Promise<void> {
  return removeProject(root, SHELF);
}
