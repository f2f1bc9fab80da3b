export { type LoadedConfig, loadConfig } from './config/load.js';
export { ConfigError, type ConfigMessage } from './config/message.js';
export { type Daemon, makeDaemon } from './daemon.js';
export { HANDOVER_MS, SlotAccount, type Slots, type SlotTime } from './report/slots.js';
