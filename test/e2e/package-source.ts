import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runCommand } from '../../testbed/run-command.js';

/** Small packages of the test's own: their index as apt reads it, and files by the path that they are served at. */
export interface PackageFiles {
  readonly index: Buffer;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** What is served over HTTP. */
export interface FileServer extends AsyncDisposable {
  readonly url: string;
  /** Files that were fetched. */
  readonly fetched: readonly string[];
}

/** A source of packages as apt reads it. */
export interface PackageSource extends FileServer {
  /** What stands in `sources.list`. */
  readonly line: string;
}

/** Serves packages on an address that guests reach; each brings one program that does nothing. */
export async function servePackages(
  host: string,
  directory: string,
  packages: Readonly<Record<string, string>>,
): Promise<PackageSource> {
  const { files, index } = await makePackages(directory, packages);
  const server = await serveFiles(host, new Map([...files, ['/Packages', index]]));
  return { ...server, line: `deb [trusted=yes] ${server.url} ./` };
}

/** PEM texts. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes packages, each with one program that does nothing. */
export async function makePackages(
  directory: string,
  packages: Readonly<Record<string, string>>,
): Promise<PackageFiles> {
  const files = new Map<string, Buffer>();
  const index: string[] = [];
  for (const [name, program] of Object.entries(packages)) {
    const { control, archive } = await makePackage(directory, name, program);
    const sha256 = sha256Of(archive);
    files.set(`/${name}.deb`, archive);
    index.push(`${control}Filename: ./${name}.deb\nSize: ${archive.length}\nSHA256: ${sha256}\n`);
  }
  return { files, index: Buffer.from(index.join('\n')) };
}

export function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Serves files on an address that guests reach; by https where it has a certificate. */
export async function serveFiles(
  host: string,
  files: ReadonlyMap<string, Buffer>,
  certificate?: ServerCertificate,
): Promise<FileServer> {
  const fetched: string[] = [];
  const serve: RequestListener = (request, answer) => {
    const path = (request.url ?? '').replace('/./', '/');
    const file = files.get(path);
    if (file !== undefined) fetched.push(path);
    answer.writeHead(file === undefined ? 404 : 200).end(file);
  };
  const server = certificate === undefined ? createServer(serve) : createSecureServer(certificate, serve);
  server.listen(0, host);
  await once(server, 'listening');
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://${host}:${(server.address() as AddressInfo).port}`,
    fetched,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function makePackage(directory: string, name: string, program: string) {
  const root = join(directory, name);
  const control = `Package: ${name}\nVersion: 9:1\nArchitecture: all\nMaintainer: nobody\nDescription: ${name}\n`;
  await mkdir(join(root, 'DEBIAN'), { recursive: true });
  await mkdir(join(root, 'usr/bin'), { recursive: true });
  await writeFile(join(root, 'DEBIAN/control'), control);
  await writeFile(join(root, 'usr/bin', program), '#!/bin/sh\n');
  await chmod(join(root, 'usr/bin', program), 0o755);
  await runCommand('dpkg-deb', ['--root-owner-group', '--build', root, `${root}.deb`]);
  const archive = await readFile(`${root}.deb`);
  await rm(root, { recursive: true });
  return { control, archive };
}
