// What a session's permission mode and the user's remembered answers say to a request, without asking the user.
import type { PermissionAsk } from './agentPort.ts';
import type { SessionConfig } from './config.ts';
import type { RememberedAnswer, SessionState } from './state.ts';

/** What decides about a session's requests before the user does. */
export interface PermissionPolicy {
  readonly mode: SessionConfig['permissionMode'];
  readonly remembered: readonly RememberedAnswer[];
}

/** Modes from the strictest to the widest. */
const modes: readonly SessionConfig['permissionMode'][] = ['ask', 'allowReads', 'allowAll'];

/** Tool kinds that look and change nothing. */
const readKinds = new Set(['read', 'search', 'think']);

/** Longest description of a request that is remembered; a longer one is asked about every time. */
const maxRequestLength = 4096;

/** Answers kept per session; the oldest makes room. */
const maxRemembered = 200;

/**
 * The option that the policy chooses by itself, or `undefined` when the user has to be asked. What the
 * user refused for ever stays refused in every mode. Prefers answering once: a rule that the agent
 * remembers would outlive the mode.
 */
export function answerByPolicy(policy: PermissionPolicy, ask: PermissionAsk): string | undefined {
  const known = rememberedFor(policy.remembered, ask);
  if (known === 'reject') return optionOf(ask, 'reject');
  const reads = policy.mode === 'allowReads' && readKinds.has(ask.toolCall.kind ?? '');
  const allowed = known === 'allow' || policy.mode === 'allowAll' || reads;
  return allowed ? optionOf(ask, 'allow') : undefined;
}

/** What decides in a session now. */
export function policyOf(
  { remembered = [] }: Pick<SessionState, 'remembered'>,
  { permissionMode }: SessionConfig,
): PermissionPolicy {
  return { mode: permissionMode, remembered };
}

/** The stricter of two modes. */
export function stricter(
  one: SessionConfig['permissionMode'],
  other: SessionConfig['permissionMode'],
): SessionConfig['permissionMode'] {
  return modes.indexOf(one) <= modes.indexOf(other) ? one : other;
}

/**
 * Everything that makes two requests the same: kind, title, files and input of the tool call. A title
 * alone may be as general as "Edit file". `undefined` when there is too much of it to remember.
 */
export function sameRequest({ toolCall }: PermissionAsk): string | undefined {
  const { kind, title, locations, rawInput } = toolCall;
  const files = (locations ?? []).map(({ path }) => path);
  const request = JSON.stringify([kind ?? '', title ?? '', files, rawInput ?? null]);
  return request.length > maxRequestLength ? undefined : request;
}

/**
 * The remembered answers after the user chose an option; the same list when the option is not one
 * for ever, or what was asked cannot be remembered.
 */
export function withAnswer(
  remembered: readonly RememberedAnswer[],
  ask: PermissionAsk,
  chosen: { readonly optionId: string; readonly answerId: string; readonly at: string },
): readonly RememberedAnswer[] {
  const kind = ask.options.find(({ optionId }) => optionId === chosen.optionId)?.kind;
  const request = sameRequest(ask);
  if (request === undefined || (kind !== 'allow_always' && kind !== 'reject_always')) {
    return remembered;
  }
  const { answerId, at } = chosen;
  const answer = kind === 'allow_always' ? 'allow' : 'reject';
  const title = (ask.toolCall.title ?? ask.toolCall.toolCallId).slice(0, 500);
  const others = remembered.filter((one) => one.request !== request);
  return [...others, { answerId, answer, title, request, at } as const].slice(-maxRemembered);
}

function rememberedFor(
  remembered: readonly RememberedAnswer[],
  ask: PermissionAsk,
): RememberedAnswer['answer'] | undefined {
  if (remembered.length === 0) return undefined;
  const request = sameRequest(ask);
  return remembered.find((one) => one.request === request)?.answer;
}

function optionOf(ask: PermissionAsk, answer: RememberedAnswer['answer']): string | undefined {
  const option =
    ask.options.find(({ kind }) => kind === `${answer}_once`) ??
    ask.options.find(({ kind }) => kind === `${answer}_always`);
  return option?.optionId;
}
