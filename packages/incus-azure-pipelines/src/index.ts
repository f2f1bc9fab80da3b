export type { Durations } from './capacity/durations.js';
export { type Forecast, forecast, type Waits, waitsOf } from './capacity/forecast.js';
export { type LoadedConfig, loadConfig } from './config/load.js';
export { ConfigError, type ConfigMessage } from './config/message.js';
export { type Daemon, makeDaemon } from './daemon.js';
export type { TracedJob } from './model/trace.js';
export { HANDOVER_MS, SlotAccount, type Slots, type SlotTime } from './report/slots.js';
