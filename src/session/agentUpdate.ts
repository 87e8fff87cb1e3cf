// What an agent can report during a session, in the domain's words; the protocol room translates into these.
import type { AgentFacts, SlashCommand } from './state.ts';
import type { ToolContent } from './transcript.ts';

/** New or changed facts of one tool call; what is absent stays as it was. */
export interface ToolCallPatch {
  readonly toolCallId: string;
  readonly title?: string;
  readonly kind?: string;
  readonly status?: string;
  /** Replaces the content as a whole, as the protocol says. */
  readonly content?: readonly ToolContent[];
  readonly locations?: readonly { readonly path: string; readonly line?: number | undefined }[];
  readonly rawInput?: unknown;
  readonly rawOutput?: unknown;
}

/** One report of an agent. Nothing is ever dropped: what Roost does not know arrives as `unknown`. */
export type AgentUpdate =
  | {
      readonly type: 'text';
      readonly role: 'user' | 'agent' | 'thought';
      readonly text: string;
      /** Chunks with different message ids are different messages. */
      readonly messageId?: string;
    }
  /** A block that is not text (image, audio, resource) inside a message. */
  | {
      readonly type: 'block';
      readonly role: 'user' | 'agent' | 'thought';
      readonly block: { readonly type: string; readonly [key: string]: unknown };
      readonly messageId?: string;
    }
  | { readonly type: 'toolCall'; readonly patch: ToolCallPatch }
  /** A terminal exists, for a tool call to show: one of the agent's own or one that Roost runs for it. */
  | {
      readonly type: 'terminal';
      readonly terminalId: string;
      readonly command?: string;
      readonly cwd?: string;
    }
  | { readonly type: 'terminalOutput'; readonly terminalId: string; readonly data: string }
  | {
      readonly type: 'terminalExit';
      readonly terminalId: string;
      readonly exitCode: number | null;
      readonly signal: string | null;
    }
  | {
      readonly type: 'plan';
      readonly entries: readonly {
        readonly content: string;
        readonly status: string;
        readonly priority?: string;
      }[];
    }
  /** What a file was before this agent first changed it; `null` = there was none. */
  | { readonly type: 'fileBefore'; readonly path: string; readonly before: string | null }
  | { readonly type: 'commands'; readonly commands: readonly SlashCommand[] }
  | { readonly type: 'mode'; readonly modeId: string }
  | { readonly type: 'configOptions'; readonly configOptions: AgentFacts['configOptions'] }
  | { readonly type: 'title'; readonly title: string | null }
  | { readonly type: 'usage'; readonly usage: NonNullable<AgentFacts['usage']> }
  /** Something to say in the transcript: the protocol's own notices and compaction reports. */
  | {
      readonly type: 'notice';
      readonly code: string;
      readonly text: string;
      readonly data?: unknown;
    }
  /** A variant (or a malformed one) that this version does not know, as it came. */
  | { readonly type: 'unknown'; readonly variant: string; readonly raw: unknown };
