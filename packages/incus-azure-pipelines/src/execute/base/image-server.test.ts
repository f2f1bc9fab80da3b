import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WayOut } from '../../lib/way-out.js';
import type { ImageServer } from '../../model/pool.js';
import { fingerprintAt } from './image-server.js';

const { signal } = new AbortController();
const wayOut = new WayOut();
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(
  protocol: ImageServer['protocol'],
  files: Readonly<Record<string, unknown>>,
): Promise<ImageServer> {
  server = createServer((request, response) => {
    const found = files[request.url ?? ''];
    response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, protocol, certificate: undefined };
}

const version = (sha256: string) => ({
  items: {
    'incus.tar.xz': { ftype: 'incus.tar.xz', combined_squashfs_sha256: sha256, 'combined_disk-kvm-img_sha256': 'vm' },
    'rootfs.squashfs': { ftype: 'squashfs' },
  },
});
const product = (arch: string, aliases: string, versions: object) => ({ arch, aliases, versions });
const streams = {
  '/streams/v1/index.json': {
    index: {
      images: { datatype: 'image-downloads', path: 'streams/v1/images.json' },
      other: { datatype: 'image-ids', path: 'streams/v1/ids.json' },
    },
  },
  '/streams/v1/images.json': {
    products: {
      one: product('arm64', 'debian/13,debian/trixie', { 20260101: version('arm') }),
      two: product('amd64', 'debian/13,debian/trixie', {
        '20260102_05:24': version('newest'),
        '20260101_05:24': version('old'),
      }),
      three: product('amd64', 'debian/13/cloud', { 20260103: version('cloud') }),
    },
  },
};

test.each([
  ['x86_64', 'debian/13', 'newest'],
  ['x86_64', 'debian/trixie', 'newest'],
  ['x86_64', 'debian/13/cloud', 'cloud'],
  ['aarch64', 'debian/13', 'arm'],
])('an image for %s under %s on a simplestreams server is found in its newest version', async (arch, alias, found) => {
  expect(await fingerprintAt(await serve('simplestreams', streams), alias, arch, wayOut, signal)).toBe(found);
});

test('an image of another Incus is found by its alias', async () => {
  const aliases = { '/1.0/images/aliases/stock%2Fdebian': { metadata: { name: 'stock/debian', target: 'abc' } } };
  expect(await fingerprintAt(await serve('incus', aliases), 'stock/debian', 'x86_64', wayOut, signal)).toBe('abc');
});

test('an image that is not there, and a server that is none, are named', async () => {
  const streaming = await serve('simplestreams', streams);
  await expect(fingerprintAt(streaming, 'debian/99', 'x86_64', wayOut, signal)).rejects.toThrow(
    `find image "debian/99" at ${streaming.url}: it has no image for x86_64 of that alias`,
  );
  const empty = await serve('incus', {});
  await expect(fingerprintAt(empty, 'debian', 'x86_64', wayOut, signal)).rejects.toThrow(
    /^find image "debian" at http:.*: 1\.0\/images\/aliases\/debian: the server answered 404$/,
  );
});
