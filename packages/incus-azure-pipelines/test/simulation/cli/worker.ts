/** One thread that runs errands, one after the other. */
import { parentPort } from 'node:worker_threads';
import { run } from './errand.js';

const port = parentPort;
port?.on('message', errand => port.postMessage(run(errand)));
