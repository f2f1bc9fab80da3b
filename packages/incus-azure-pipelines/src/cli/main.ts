#!/usr/bin/env -S node --optimize-for-size
// By itself, Node lets the garbage of many passes fill some 48 MiB before it looks at it, and keeps quicker code that takes
// more memory; the daemon is in no such hurry.
import { setFlagsFromString } from 'node:v8';
import { goesToJournal } from './log-output.js';
import { screenOf } from './output.js';
import { callProgram } from './program.js';
import { endWhenReaderLeaves } from './reader-left.js';

// Nor does it earn back what optimizing compilers take (docs/decisions/0024). Verbs, and with them the parser of HTTP, are loaded later.
for (const flag of ['--no-opt', '--liftoff-only']) setFlagsFromString(flag);

const end = endWhenReaderLeaves([process.stdout, process.stderr]);
const code = await callProgram(process.argv.slice(2), {
  write: text => process.stdout.write(text),
  waitingBytes: () => process.stdout.writableLength,
  complain: text => process.stderr.write(text),
  isJournal: goesToJournal(process.stderr),
  ...(process.stdout.isTTY ? { screen: () => screenOf(process.stdout) } : {}),
  ...(process.stderr.isTTY ? { columns: screenOf(process.stderr).columns } : {}),
});
end(code);
