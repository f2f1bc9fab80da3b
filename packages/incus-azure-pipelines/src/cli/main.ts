#!/usr/bin/env node
import { callProgram } from './program.js';

process.exitCode = await callProgram(process.argv.slice(2), {
  write: text => process.stdout.write(text),
  complain: text => process.stderr.write(text),
  ...(process.stderr.isTTY ? { columns: process.stderr.columns } : {}),
});
