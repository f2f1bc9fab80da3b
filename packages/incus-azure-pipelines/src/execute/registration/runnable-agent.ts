import type { NewAgent } from 'azure-pipelines-client';
import { AGENT_USER } from '../guest/layout.js';

/** What .NET calls the architectures that the kernel names. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'X64', aarch64: 'ARM64', armv7l: 'ARM' };

/**
 * The registration of an agent that is about to run, as `config.sh` would make it. The agent sends its capabilities
 * anew when it comes online; until then these are the ones that demands are held against.
 */
export function runnableAgent(name: string, version: string, architecture: string): NewAgent {
  return {
    name,
    version,
    osDescription: 'Linux',
    systemCapabilities: {
      'Agent.Name': name,
      'Agent.Version': version,
      'Agent.OS': 'Linux',
      'Agent.OSArchitecture': ARCHITECTURES[architecture] ?? architecture,
      'Agent.ComputerName': name,
      'Agent.HomeDirectory': AGENT_USER.home,
      InteractiveSession: 'False',
    },
  };
}
