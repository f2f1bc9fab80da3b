import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The files of a package as they will lie on a host. */
export class PackageTree {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Writes a file; one that ends in .gz is compressed, the same way each time. */
  async write(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
    const target = join(this.root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, path.endsWith('.gz') ? gzipSync(content, { level: 9 }) : content);
    await chmod(target, mode);
  }

  async copy(path: string, from: string, mode?: number): Promise<void> {
    await this.write(path, await readFile(from), mode);
  }

  async link(path: string, to: string): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await symlink(to, join(this.root, path));
  }

  /** What dpkg wants beside the files: their sums, and how many KiB they take. */
  async sums(): Promise<{ readonly md5sums: string; readonly sizeKib: number }> {
    const files = (await filesUnder(this.root)).sort();
    const lines = files.map(async path => `${await md5Of(path)}  ${relative(this.root, path)}\n`);
    const bytes = await Promise.all(files.map(async path => (await stat(path)).size));
    return {
      md5sums: (await Promise.all(lines)).join(''),
      sizeKib: bytes.reduce((sum, size) => sum + Math.ceil(size / 1024), 0),
    };
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
}

async function md5Of(path: string): Promise<string> {
  return createHash('md5')
    .update(await readFile(path))
    .digest('hex');
}
