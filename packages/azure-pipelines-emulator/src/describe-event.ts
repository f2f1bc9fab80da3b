import type { EmulatorEvent } from './events.js';

/** Puts an event into one line for a person; control characters of what a job printed are left out. */
export function describeEvent(event: EmulatorEvent): string {
  return `${new Date(event.at).toISOString().slice(11, 23)} ${sentence(event).replaceAll(/\p{Cc}/gu, '')}`;
}

function sentence(event: EmulatorEvent): string {
  switch (event.kind) {
    case 'agent-registered':
      return `agent ${event.agentName} registered in ${event.pool}`;
    case 'agent-online':
      return `agent ${event.agentName} online`;
    case 'agent-offline':
      return `agent ${event.agentName} offline`;
    case 'agent-changed':
      return `agent ${event.agentName} changed`;
    case 'agent-deleted':
      return `agent ${event.agentName} deleted`;
    case 'job-queued':
      return `job ${event.requestId} (${event.jobName}) queued in ${event.pool}`;
    case 'job-assigned':
      return `job ${event.requestId} (${event.jobName}) assigned to ${event.agentName}`;
    case 'job-received':
      return `job ${event.requestId} (${event.jobName}) taken by ${event.agentName}`;
    case 'job-line':
      return `job ${event.requestId} | ${event.line}`;
    case 'job-finished': {
      const reason = event.message === undefined ? '' : `: ${event.message}`;
      return `job ${event.requestId} (${event.jobName}) ${event.result}${reason}`;
    }
  }
}
