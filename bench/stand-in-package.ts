import { join } from 'node:path';
import { buildStandInPackage, type StandInOptions, type StandInPackage } from 'azure-pipelines-emulator';
import { cacheDirectory } from '../testbed/work-tree.js';

/** The stand-in agent, without the pause between polls unless one is given: that is nobody's to shorten. */
export async function standInPackage(options: Partial<StandInOptions>): Promise<StandInPackage> {
  return await buildStandInPackage({
    cacheDirectory: join(cacheDirectory(), 'stand-in'),
    pollPauseMs: [0, 0],
    ...options,
  });
}
