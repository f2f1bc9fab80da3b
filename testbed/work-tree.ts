import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Returns the root of the work tree. The compiled program and the source lie at different depths of it. */
export function workTree(): string {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, 'package-lock.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`look for the work tree above ${import.meta.dirname}: there is none`);
    directory = parent;
  }
  return directory;
}

/** Returns where what is dear to make is kept between runs: whoever deletes the tree keeps nothing of it. */
export function cacheDirectory(): string {
  return join(workTree(), '.cache');
}

/** Returns where finished images are kept. */
export function imageCacheDirectory(): string {
  return join(cacheDirectory(), 'images');
}
