import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { strayProcesses } from './stray-processes.js';

it('finds what a program left running in a directory that is gone by now', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'stray-'));
  const pid = Number(execFileSync('sh', ['-c', 'sleep 600 > /dev/null 2>&1 & echo $!'], { cwd, encoding: 'utf8' }));
  onTestFinished(() => void process.kill(pid));
  rmSync(cwd, { recursive: true });
  expect(strayProcesses()).toContainEqual(expect.objectContaining({ pid, directory: cwd }));
});

it('leaves alone what still has its parent', () => {
  expect(strayProcesses().map(({ pid }) => pid)).not.toContain(process.pid);
});
