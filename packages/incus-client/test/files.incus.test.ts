import { Readable } from 'node:stream';
import { beforeAll, expect, it, vi } from 'vitest';
import { describeOnIncus } from '../../../testbed/for-tests.js';
import { useProject } from './use-project.js';

describeOnIncus('files', testbed => {
  const incus = useProject('client-files', testbed);
  const owned = { uid: 1100, gid: 1100 };

  beforeAll(async () => {
    const { instances, exec } = incus();
    const source = { type: 'image', alias: testbed().image } as const;
    await instances.create({ name: 'stopped', source });
    await instances.create({ name: 'running', source, start: true });
    // Before the guest has mounted its own /run, a file that is pushed there vanishes under the mount.
    const command = ['grep', '-q', ' /run tmpfs ', '/proc/mounts'];
    await vi.waitFor(async () => expect((await exec('running', { command })).exitCode).toBe(0), 20_000);
  });

  it('of a stopped instance have the owner and mode that they were pushed with, inside too once it runs', async () => {
    const { files, instances, exec } = incus();
    await files.makeDirectory('stopped', '/etc/job', { ...owned, mode: 0o700 });
    await files.push('stopped', '/etc/job/token', 'secret', { ...owned, mode: 0o400 });
    const pulled = await files.pull('stopped', '/etc/job/token');
    expect(pulled).toMatchObject({ type: 'file', ...owned, mode: 0o400, content: Buffer.from('secret') });

    await instances.start('stopped');
    const command = ['stat', '-c', '%u:%g %a', '/etc/job', '/etc/job/token'];
    expect((await exec('stopped', { command })).stdout).toBe('1100:1100 700\n1100:1100 400\n');
  });

  it('are pushed to the tmpfs of a running instance, from bytes and from a stream', async () => {
    const { files } = incus();
    await files.push('running', '/run/bytes', new Uint8Array([0, 1, 255]), { mode: 0o600 });
    await files.push('running', '/run/stream', Readable.from(['one ', 'two']), owned);
    expect(await files.pull('running', '/run/bytes')).toMatchObject({ uid: 0, content: Buffer.from([0, 1, 255]) });
    expect(await files.pull('running', '/run/stream')).toMatchObject({ content: Buffer.from('one two') });
  });

  it('that are overwritten keep owner and mode, and grow when appended to', async () => {
    const { files } = incus();
    await files.push('running', '/run/notes', 'first', { ...owned, mode: 0o640 });
    await files.push('running', '/run/notes', 'a', { uid: 0, mode: 0o777 });
    await files.push('running', '/run/notes', 'b', { write: 'append' });
    const notes = await files.pull('running', '/run/notes');
    expect(notes).toMatchObject({ ...owned, mode: 0o640, content: Buffer.from('ab') });
  });

  it('of a directory are listed, and deleted one by one', async () => {
    const { files } = incus();
    await files.makeDirectory('running', '/run/folder');
    await files.makeDirectory('running', '/run/folder');
    await files.push('running', '/run/folder/a', '');
    expect(await files.pull('running', '/run/folder')).toMatchObject({ type: 'directory', entries: ['a'] });
    await expect(files.delete('running', '/run/folder')).rejects.toMatchObject({ kind: 'failed' });
    await files.delete('running', '/run/folder/a');
    await files.delete('running', '/run/folder');
    await expect(files.pull('running', '/run/folder')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('that are symbolic links are pulled as the path that they lead to', async () => {
    const { files, exec } = incus();
    await exec('running', { command: ['ln', '-s', '/etc/passwd', '/run/link'] });
    expect(await files.pull('running', '/run/link')).toMatchObject({
      type: 'symlink',
      content: Buffer.from('/etc/passwd'),
    });
  });

  it('larger than the caller wants are not pulled', async () => {
    const { files } = incus();
    await files.push('running', '/run/large', 'x'.repeat(100_000));
    await expect(files.pull('running', '/run/large', { maxBytes: 1000 })).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('are not pushed where there is no directory', async () => {
    const push = incus().files.push('running', '/run/no/where', 'x');
    await expect(push).rejects.toMatchObject({ kind: 'not-found' });
    await expect(push).rejects.toThrow('push /run/no/where to instance "running":');
  });
});
