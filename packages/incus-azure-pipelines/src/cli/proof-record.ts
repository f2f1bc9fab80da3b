import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Place, Proof } from '../doctor/proofs/proof.js';
import { reportOf } from '../doctor/proofs/report.js';
import { UserError } from '../lib/user-error.js';
import type { Progress } from '../model/progress.js';
import type { Output } from './output.js';
import { ProgressDisplay } from './progress-display.js';

/** Keeps what proofs came to, shows how far they are, and writes the report of them. */
export class ProofRecord {
  readonly proofs: Proof[] = [];
  place: Place | undefined;
  /** Where the report is, once it is. */
  report: string | undefined;
  readonly #path: string;
  readonly #display: ProgressDisplay;

  private constructor(path: string, output: Output) {
    this.#path = path;
    this.#display = new ProgressDisplay(output);
  }

  /** Sees first that the report can be written, since it takes a while until it is. @throws UserError */
  static async open(path: string | undefined, output: Output): Promise<ProofRecord> {
    const full = resolve(path ?? `incus-azure-pipelines-proofs-${new Date().toISOString().slice(0, 10)}.md`);
    try {
      const found = await stat(full).catch(() => undefined);
      if (found?.isDirectory()) throw new Error('it is a directory');
      await access(found === undefined ? dirname(full) : full, constants.W_OK);
    } catch (error) {
      throw cannotWrite(full, error);
    }
    return new ProofRecord(full, output);
  }

  readonly onProgress = (progress: Progress): void => this.#display.show(progress);
  readonly onProof = (proof: Proof): void => void this.proofs.push(proof);
  readonly onPlace = (place: Place): void => {
    this.place = place;
  };

  /** Takes the bar away before something else is shown. */
  pause(): void {
    this.#display.end();
  }

  /** @throws UserError */
  async write(): Promise<void> {
    const when = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    const text = reportOf({ place: this.place, proofs: this.proofs }, when);
    await writeFile(this.#path, text).catch((error: unknown) => {
      throw cannotWrite(this.#path, error);
    });
    this.report = this.#path;
  }
}

function cannotWrite(path: string, cause: unknown): UserError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new UserError(`cannot write the report to ${path}: ${why}; name another file: --report FILE`, { cause });
}
