/** The documents of the repository. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');
const FOREIGN = new Set(['node_modules', 'dist', 'bundle', 'build', '.git', '.cache', 'results']);

function markdownUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (FOREIGN.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownUnder(path);
    return entry.name.endsWith('.md') ? [relative(ROOT, path)] : [];
  });
}

/** Their texts, by the path from the root. */
export const documents = new Map(markdownUnder(ROOT).map(path => [path, readFileSync(join(ROOT, path), 'utf8')]));
