export { type LoadedConfig, loadConfig } from './config/load.js';
export { ConfigError, type ConfigMessage } from './config/message.js';
export { type Daemon, makeDaemon } from './daemon.js';
