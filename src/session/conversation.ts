// Opening a conversation with an agent that has just started: a new one, or an earlier one by the best way the agent offers.
import { isSessionError } from './errors.ts';
import type { AgentInfo, AgentLink, OpenedSession } from './agentPort.ts';
import type { McpServer } from './mcpServer.ts';
import type { TranscriptEntry } from './transcript.ts';

/** How a conversation came to be open. `replay`: a new one that is told the transcript with its first prompt. */
export type OpenedHow = 'new' | 'fork' | 'resume' | 'load' | 'replay';

/** What is opened, and from what. */
export interface ConversationRequest {
  readonly link: AgentLink;
  readonly info: AgentInfo;
  readonly cwd: string;
  readonly mcpServers: readonly McpServer[];
  /** The agent's id for the earlier conversation; `undefined` for a new one. */
  readonly agentSessionId: string | undefined;
  /** When that one was begun: wall time in milliseconds, where known. */
  readonly begunAt: number | undefined;
  /** The mode that the session was in; `undefined` when none is known. */
  readonly modeId: string | undefined;
  /** The agent's id for the conversation to go on from, in a new one. */
  readonly forkOf: string | undefined;
  /** Whether anything was said before. */
  readonly hasHistory: boolean;
  /** Runs one start step under its deadline. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Ways that took the agent down the last time: they are not tried again. */
  readonly avoid: ReadonlySet<OpenedHow>;
  /** Called before each way on which the agent may say again what the transcript holds. */
  beginReplay(): void;
  /** Called when such a way has failed. */
  dropReplay(): void;
  /** Told of each way that the agent has refused. */
  onRefused(how: OpenedHow | 'mode', error: unknown): void;
  /** Told of the way on which the agent was lost: it ended, or did not answer. */
  onLost(how: OpenedHow): void;
}

/**
 * Opens the conversation: `session/resume` where offered (no replay), else `session/load`, else a
 * new one. A refused way is not the end, except when the agent asks for sign-in or is gone.
 */
export async function openConversation(
  request: ConversationRequest,
): Promise<{ readonly opened: OpenedSession; readonly how: OpenedHow }> {
  const { opened, how } = await open(request);
  return { opened: await inEarlierMode(request, opened), how };
}

async function open(
  request: ConversationRequest,
): Promise<{ readonly opened: OpenedSession; readonly how: OpenedHow }> {
  const { link, info, cwd, mcpServers, agentSessionId } = request;
  const { forkOf } = request;
  if (agentSessionId === undefined && forkOf !== undefined) {
    // Refused, the start fails: a fork that knew nothing of what was said would be none.
    const fork = (): Promise<OpenedSession> =>
      link.forkSession({ cwd, mcpServers, agentSessionId: forkOf });
    return { opened: await request.step('session/fork', fork), how: 'fork' };
  }
  if (agentSessionId !== undefined) {
    const id = { cwd, mcpServers, agentSessionId };
    const resumed = await attempt(request, 'resume', info.can.resume, () => link.resumeSession(id));
    if (resumed !== undefined) return resumed;
    const loading = { ...id, begunAt: request.begunAt };
    const loaded = await attempt(request, 'load', info.can.load, () => link.loadSession(loading));
    if (loaded !== undefined) return loaded;
  }
  const opened = await request.step('session/new', () => link.newSession({ cwd, mcpServers }));
  return { opened, how: request.hasHistory ? 'replay' : 'new' };
}

/**
 * A session goes on in the mode its user has chosen; agents start in one of their own, and some in one
 * that asks less. An agent that refuses keeps its own, which the row then shows.
 */
async function inEarlierMode(
  request: ConversationRequest,
  opened: OpenedSession,
): Promise<OpenedSession> {
  const { link, modeId } = request;
  if (modeId === undefined || opened.currentModeId === undefined) return opened;
  const known = opened.modes?.some((mode) => mode.id === modeId) === true;
  if (!known || opened.currentModeId === modeId) return opened;
  try {
    await request.step('session/set_mode', () => link.setMode(opened.agentSessionId, modeId));
    return { ...opened, currentModeId: modeId };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    request.onRefused('mode', error);
    return opened;
  }
}

/** Tries one way to the earlier conversation; `undefined` when it is not offered, or was refused. */
async function attempt(
  request: ConversationRequest,
  how: 'resume' | 'load',
  offered: boolean,
  open: () => Promise<OpenedSession>,
): Promise<{ readonly opened: OpenedSession; readonly how: OpenedHow } | undefined> {
  if (!offered || request.avoid.has(how)) return undefined;
  // A resume should not replay; where one does, nothing is doubled either.
  request.beginReplay();
  try {
    return { opened: await request.step(`session/${how}`, open), how };
  } catch (error) {
    request.dropReplay();
    if (isRefusal(error)) {
      request.onRefused(how, error);
      return undefined;
    }
    if (!needsSignIn(error)) request.onLost(how);
    throw error;
  }
}

/** The agent is there and said no; anything else (gone, silent, sign-in) ends the start. */
function isRefusal(error: unknown): boolean {
  return isSessionError(error) && error.code === 'agentError';
}

function needsSignIn(error: unknown): boolean {
  return isSessionError(error) && error.code === 'authRequired';
}

/** Characters of transcript that a new conversation is told at most. */
export const carriedContextLength = 32 * 1024;

/** The newest part of a transcript as text for an agent that could not load it; `undefined` when nothing was said. */
export function carriedContext(
  entries: readonly TranscriptEntry[],
  maxLength = carriedContextLength,
): { readonly text: string; readonly complete: boolean } | undefined {
  const parts: string[] = [];
  let length = 0;
  let complete = true;
  for (const entry of entries.toReversed()) {
    const part = spoken(entry);
    if (part === undefined) continue;
    if (length + part.length > maxLength) {
      complete = false;
      const room = maxLength - length;
      if (parts.length === 0 && room > 0) parts.push(part.slice(-room));
      break;
    }
    parts.push(part);
    length += part.length;
  }
  if (parts.length === 0) return undefined;
  const text = [
    'This conversation was begun earlier. What was said so far, oldest first:',
    complete ? '' : '[…]',
    parts.toReversed().join('\n\n'),
    'End of what was said. Go on from here with the next message.',
  ];
  return { text: text.filter((line) => line !== '').join('\n\n'), complete };
}

function spoken(entry: TranscriptEntry): string | undefined {
  switch (entry.type) {
    case 'user':
      return `User: ${entry.text}`;
    case 'agent':
      return entry.text === '' ? undefined : `Assistant: ${entry.text}`;
    case 'toolCall':
      return `[Tool call: ${entry.title} (${entry.status})]`;
    case 'thought':
    case 'plan':
    case 'notice':
      return undefined;
  }
}
