import type { Executors } from '../model/action.js';
import { activateAgent, listenAgent } from './activate-agent.js';
import { askPrepared } from './ask-prepared.js';
import { buildPoolBase } from './build-pool-base.js';
import { collectLog } from './collect-log.js';
import { createInstance } from './create-instance.js';
import { enableAgent } from './enable-agent.js';
import { needingRoom } from './full-storage.js';
import { giveWay } from './give-way.js';
import { keepPlaceholder, removePlaceholder } from './keep-placeholder.js';
import type { ExecutorParts } from './parts.js';
import { proveBase } from './prove-base.js';
import { deleteBase, deleteInstance, deleteRegistration, disableAgent, removeDoorbell } from './retire-agent.js';

/** The table of all deeds: what a plan may ask for, and who does it. */
export function makeExecutors(parts: ExecutorParts): Executors {
  return {
    'build-base': (action, signal) => needingRoom(buildPoolBase(action, parts, signal)),
    'delete-base': (action, signal) => deleteBase(action, parts, signal),
    'prove-base': (action, signal) => proveBase(action, parts, signal),
    'create-instance': (action, signal) => needingRoom(createInstance(action, parts, signal)),
    'activate-agent': (action, signal) => activateAgent(action, parts, signal),
    'listen-agent': (action, signal) => listenAgent(action, parts, signal),
    'enable-agent': (action, signal) => enableAgent(action, parts, signal),
    'collect-log': (action, signal) => collectLog(action, parts, signal),
    'disable-agent': (action, signal) => disableAgent(action, parts, signal),
    'delete-registration': (action, signal) => deleteRegistration(action, parts, signal),
    'keep-placeholder': (action, signal) => keepPlaceholder(action, parts, signal),
    'remove-placeholder': (action, signal) => removePlaceholder(action, parts, signal),
    'delete-instance': (action, signal) => deleteInstance(action, parts, signal),
    'ask-prepared': (action, signal) => askPrepared(action, parts, signal),
    'warn-of-end': async ({ name, pool, dueAt }) => parts.emit('job-overlong', { name, pool, dueAt }),
    'give-way': (action, signal) => giveWay(action, parts, signal),
    'remove-doorbell': (action, signal) => removeDoorbell(action, parts, signal),
  };
}
