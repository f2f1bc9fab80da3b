import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnIncus } from '../../../testbed/for-tests.js';
import { connectIncus, type IncusClient } from '../src/index.js';
import { useProject } from './use-project.js';

const run = promisify(execFile);

interface Identity {
  readonly clientCert: string;
  readonly clientKey: string;
}

describeOnIncus('https', testbed => {
  const local = useProject('client-https', testbed);
  let folder: string;
  let url: string;
  let serverCert: string;
  let trusted: Identity;
  let confined: Identity;
  const clients: IncusClient[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'incus-client-https-'));
    [trusted, confined] = [await makeIdentity(folder, 'trusted'), await makeIdentity(folder, 'confined')];
    const { server, certificates } = local();
    const { config, environment } = await server.info();
    url = `https://${config['core.https_address']}`;
    serverCert = environment?.certificate ?? '';
    await certificates.add({ name: 'trusted', certificate: trusted.clientCert });
    const projects = ['client-https'];
    await certificates.add({ name: 'confined', certificate: confined.clientCert, restricted: true, projects });
  });

  afterAll(async () => {
    for (const client of clients) await client.close();
    const { certificates } = local();
    for (const { clientCert } of [trusted, confined]) await certificates.delete(fingerprint(clientCert));
    await rm(folder, { recursive: true });
  });

  function connect(identity: Identity, pin = serverCert, project = 'client-https'): IncusClient {
    const client = connectIncus({ connection: { kind: 'https', url, ...identity, serverCert: pin }, project });
    clients.push(client);
    return client;
  }

  it('makes calls, runs commands and follows events as over the socket', async () => {
    const incus = connect(trusted);
    expect(await incus.server.info()).toMatchObject({ auth: 'trusted', auth_user_method: 'tls' });
    const events = incus.events.subscribe({ types: ['lifecycle'] })[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { type: 'gap' } });
    await incus.instances.create({ name: 'remote', source: { type: 'image', alias: testbed().image }, start: true });
    expect(await events.next()).toMatchObject({ value: { metadata: { action: 'instance-created', name: 'remote' } } });
    await events.return?.();
    await incus.files.push('remote', '/root/file', 'pushed', { mode: 0o600 });
    expect((await incus.exec('remote', { command: ['cat', '/root/file', '-'], stdin: ' and fed' })).stdout).toBe(
      'pushed and fed',
    );
  });

  it('with a confined certificate reaches its own project only', async () => {
    const incus = connect(confined);
    await incus.instances.create({ name: 'y', source: { type: 'none' } });
    const projects = (await incus.instances.list({ allProjects: true })).map(({ project }) => project);
    expect(new Set(projects)).toEqual(new Set(['client-https']));
    const elsewhere = connect(confined, serverCert, 'default');
    const creation = elsewhere.instances.create({ name: 'y', source: { type: 'none' } });
    await expect(creation).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(incus.server.patchConfig({ 'user.x': '1' })).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('with a certificate that is not trusted is refused', async () => {
    const incus = connect(await makeIdentity(folder, 'stranger'));
    const info = await incus.server.info();
    expect(info.auth).toBe('untrusted');
    expect(info).not.toHaveProperty('environment');
    await expect(incus.instances.list()).rejects.toMatchObject({ kind: 'forbidden', status: 403 });
  });

  it('takes no server but the pinned one', async () => {
    const incus = connect(trusted, confined.clientCert);
    await expect(incus.server.info()).rejects.toMatchObject({ kind: 'unreachable' });
    const stop = new AbortController();
    const reasons: string[] = [];
    const onDisconnect = (error: Error) => {
      reasons.push(error.message);
      stop.abort();
    };
    for await (const _ of incus.events.subscribe({ types: ['lifecycle'], signal: stop.signal, onDisconnect }))
      stop.abort();
    expect(reasons).toEqual([expect.stringContaining('self-signed certificate')]);
  });
});

async function makeIdentity(folder: string, name: string): Promise<Identity> {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  await run('openssl', [
    'req',
    '-x509',
    ...curve,
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  return { clientCert: await readFile(cert, 'utf8'), clientKey: await readFile(key, 'utf8') };
}

function fingerprint(certificate: string): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
}
