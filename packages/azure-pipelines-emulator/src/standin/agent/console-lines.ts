/** The lines that the agent prints and that its keepers look for. */

import type { TaskResult } from './task-result.js';

/** Formats an instant as the agent's console does: seconds, a blank between date and time, and Z. */
function consoleTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** The line that says that the session is open. */
export function listeningLine(at: number): string {
  return `${consoleTime(at)}: Listening for Jobs`;
}

/** The line that says that a worker has been started. */
export function runningLine(at: number, jobDisplayName: string): string {
  return `${consoleTime(at)}: Running job: ${jobDisplayName}`;
}

/** The line that says how a job ended. */
export function completedLine(at: number, jobDisplayName: string, result: TaskResult): string {
  const name = result.slice(0, 1).toUpperCase() + result.slice(1);
  return `${consoleTime(at)}: Job ${jobDisplayName} completed with result: ${name}`;
}

/** The line that says that a connection was lost. */
export function connectErrorLine(at: number, message: string): string {
  return `${consoleTime(at)}: Agent connect error: ${message}. Retrying until reconnected.`;
}

/** The line that says that a connection is back. */
export function reconnectedLine(at: number): string {
  return `${consoleTime(at)}: Agent reconnected.`;
}

/** The line that ends a configuration that worked. */
export function settingsSavedLine(at: number): string {
  return `${consoleTime(at)}: Settings Saved.`;
}
