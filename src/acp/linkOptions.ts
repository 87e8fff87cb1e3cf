// What a link to an agent is made of.
import type { ProcessHost } from '../process/processHost.ts';
import type { Clock } from '../session/clock.ts';
import type { AgentDefinition, AgentEvents } from '../session/agentPort.ts';
import type { Logger, WorkspaceFiles, WorkspaceRoots } from '../session/ports.ts';
import type { LanguageModels } from '../session/languageModels.ts';
import type { FairShare } from './fairShare.ts';
import type { LongMessages } from './longMessages.ts';
import type { WireLog } from './secretMask.ts';

/** What a link needs besides the agent and the folder. */
export interface LinkServices {
  readonly processHost: ProcessHost;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly files: WorkspaceFiles;
  readonly roots: WorkspaceRoots;
  /** Roost's own version, told to agents. */
  readonly clientVersion: string;
  /** The user's login shell, for command lines of agents. */
  readonly shell?: string | undefined;
  /** Longest message taken from an agent, in bytes; 64 MiB if absent. */
  readonly maxMessageBytes?: number;
  /** The editor's language models, for an agent that may use them; loaded when one is asked for. */
  readonly models?: () => Promise<LanguageModels>;
  /** Given every line on the wire while it returns a function: the setting `log.protocol`. */
  readonly wireLog?: () => WireLog | undefined;
}

/** What a link is made of. */
export interface LinkOptions {
  readonly services: LinkServices;
  readonly sessionId: string;
  readonly agent: AgentDefinition;
  readonly cwd: string;
  /** The user's keys for the agent: in its environment, and masked in the log of the wire. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Whether a way to sign in is known beside those that the agent offers. */
  readonly signInKnown?: () => Promise<boolean>;
  /** Until then nothing that the agent says is handed on. */
  readonly heardFrom?: Promise<void>;
  readonly events: AgentEvents;
  /** Shared by all links. */
  readonly fairShare: FairShare;
  readonly longMessages: LongMessages;
}
