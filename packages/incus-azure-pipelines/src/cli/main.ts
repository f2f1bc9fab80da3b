#!/usr/bin/env -S node --max-semi-space-size=1
// Garbage of a few passes may fill 48 MiB of young memory before it is looked at; the daemon is in no hurry, and looks sooner.
import { callProgram } from './program.js';

process.exitCode = await callProgram(process.argv.slice(2), {
  write: text => process.stdout.write(text),
  complain: text => process.stderr.write(text),
  ...(process.stderr.isTTY ? { columns: process.stderr.columns } : {}),
});
