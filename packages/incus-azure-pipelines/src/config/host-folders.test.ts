import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtFolders } from './host-folders.js';

/** Only root can make folders that nobody else may replace. */
const isRoot = process.getuid?.() === 0;
let home: string;

beforeEach(async () => {
  home = await mkdtemp('/srv/iap-folders-').catch(() => '');
  await mkdir(join(home, 'tools')).catch(() => {});
});
afterEach(() => home === '' || rm(home, { recursive: true }));

async function outcomeOf(source: string, { isThisHost = true, kept = [] as readonly string[] } = {}): Promise<string> {
  const devices = { tools: { type: 'disk', source, path: '/opt/tools' } };
  const pool = { name: 'linux', settings: { devices }, path: (...keys: readonly (string | number)[]) => keys };
  const { findings, resolved } = await lookAtFolders([pool], { isThisHost, kept, mostEntries: 20 });
  const [finding] = findings;
  if (finding?.severity === 'warning') return `shown as ${resolved.get(source)}, though it ${finding.problem}`;
  return finding === undefined ? `shown as ${resolved.get(source)}` : `${finding.path.join('.')}: ${finding.problem}`;
}

/** At a place that is never deleted with what is in it: where it could not be unmounted, that would be this host. */
async function withMount(mount: readonly string[], look: (point: string) => Promise<void>): Promise<void> {
  const run = promisify(execFile);
  const point = await mkdtemp('/srv/iap-mounted-');
  try {
    await run('mount', [...mount, point]);
    try {
      await look(point);
    } finally {
      await run('umount', ['--lazy', point]);
    }
  } finally {
    await rmdir(point);
  }
}

describe.runIf(isRoot)('a folder of the host', () => {
  it('of root alone is shown by its own path', async () => {
    const tools = join(home, 'tools');
    await writeFile(join(tools, 'a'), '');
    expect(await outcomeOf(tools)).toBe(`shown as ${tools}`);
    await symlink(tools, join(home, 'link'));
    expect(await outcomeOf(join(home, 'link'))).toBe(`shown as ${tools}`);
  });

  it('that a link leads to, and that is of the host, is shown to nobody', async () => {
    const link = join(home, 'link');
    await symlink('/etc', link);
    expect(await outcomeOf(link)).toBe(
      `devices.tools.source: ${link}, which is /etc, is of /etc, which is the host's own`,
    );
    expect(await outcomeOf(join(link, 'ssh'))).toContain("is of /etc, which is the host's own");
    expect(await outcomeOf('/')).toContain("/ shows /boot, which is the host's own");
  });

  it('that is mounted a second time is known again', async () => {
    for (const whole of ['/', '/etc'])
      await withMount(['--bind', '--options', 'ro', whole], async again => {
        expect(await outcomeOf(again)).toMatch(/ (?:shows|is of) \/(?:boot|etc), which is the host's own$/);
      });
  });

  it('that shows the kernel is shown to nobody', async () => {
    await withMount(['--types', 'proc', 'proc'], async again => {
      expect(await outcomeOf(again)).toMatch(/ is of \/proc, | type proc, which may show what lies elsewhere$/);
    });
  });

  it('whose own path would be several to Incus is shown to nobody', async () => {
    const several = join(home, 'a,');
    await mkdir(several);
    await symlink(several, join(home, 'link'));
    expect(await outcomeOf(join(home, 'link'))).toContain(`which is "${several}", has more than a name in its path`);
  });

  it('that root alone may read would be of no use to guests', async () => {
    const tools = join(home, 'tools');
    await chmod(tools, 0o700);
    expect(await outcomeOf(tools)).toBe(
      `devices.tools.source: ${tools} can be read by root alone, who is nobody here in a guest`,
    );
  });

  it('that holds or is what this program keeps for itself is shown to nobody', async () => {
    const secret = join(home, 'tools', 'pat');
    await writeFile(secret, '');
    for (const source of [join(home, 'tools'), secret])
      expect(await outcomeOf(source, { kept: [secret] })).toContain(`${secret}, which is the host's own`);
  });

  it('that holds what is yet to be made there, by way of a link, is shown to nobody', async () => {
    const link = join(home, 'link');
    await symlink(join(home, 'tools'), link);
    const state = join(link, 'state', 'deep');
    expect(await outcomeOf(join(home, 'tools'), { kept: [state] })).toContain(
      `shows ${state}, which is the host's own`,
    );
  });

  it('that others than root can replace is shown to nobody', async () => {
    const inner = join(home, 'tools', 'inner');
    await mkdir(inner);
    await chmod(join(home, 'tools'), 0o775);
    expect(await outcomeOf(inner)).toContain(
      `can be replaced by others than root, who may write to ${join(home, 'tools')}`,
    );
  });

  it('that holds a socket is shown to nobody, for it could be spoken to', async () => {
    await mkdir(join(home, 'tools', 'deep'));
    const socket = join(home, 'tools', 'deep', 'a.sock');
    const server = createServer();
    await new Promise<void>(resolve => server.listen(socket, resolve));
    try {
      expect(await outcomeOf(join(home, 'tools'))).toContain(
        `holds ${socket}, by which a job could speak to this host`,
      );
      expect(await outcomeOf(socket)).toContain('is no folder and no plain file');
    } finally {
      await new Promise(resolve => server.close(resolve));
    }
  });

  it('is not searched where nobody in a guest can go, so that what is found does not depend on who searches', async () => {
    const closed = join(home, 'tools', 'lost+found');
    await mkdir(closed, { mode: 0o700 });
    await promisify(execFile)('mkfifo', [join(closed, 'pipe')]);
    expect(await outcomeOf(join(home, 'tools'))).toBe(`shown as ${join(home, 'tools')}`);
    await chmod(closed, 0o701);
    expect(await outcomeOf(join(home, 'tools'))).toContain(`holds ${join(closed, 'pipe')}, by which`);
  });

  it('that is too large to be searched whole is shown, with a warning', async () => {
    const tools = join(home, 'tools');
    for (let i = 0; i < 20; i++) await writeFile(join(tools, `${i}`), '');
    expect(await outcomeOf(tools)).toBe(`shown as ${tools}`);
    await writeFile(join(tools, 'one more'), '');
    expect(await outcomeOf(tools)).toBe(
      `shown as ${tools}, though it has more than 20 entries, and was not searched to its end for sockets, pipes and devices`,
    );
  });

  it('is looked for on the host of Incus, and not here, where that is another one', async () => {
    expect(await outcomeOf(join(home, 'tools'), { isThisHost: false })).toContain(
      'which cannot be looked at from here',
    );
  });
});
