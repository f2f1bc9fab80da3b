export { type Clock, type ManualClock, manualClock } from './clock.js';
export type { Driver, QueuedJob } from './driver.js';
export { type Emulator, startEmulator } from './emulator.js';
export type { EmulatorEvent } from './events.js';
export type { Fault } from './faults.js';
export type { AgentPackage, EmulatorOptions } from './options.js';
export type { AgentRecord, CallRecord, JobRecord, StepRecord } from './records.js';
export type { JobWish } from './requests.js';
export type { TaskResult } from './wire/task-result.js';
