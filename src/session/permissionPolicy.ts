// What a session's permission mode answers without asking the user.
import type { PermissionAsk } from './ports.ts';
import type { SessionConfig } from './config.ts';

/** Tool kinds that look and change nothing. */
const readKinds = new Set(['read', 'search', 'think']);

/**
 * The option a mode chooses by itself, or `undefined` when the user has to be asked. Prefers allowing
 * once: a rule the agent remembers would outlive the mode.
 */
export function answerByMode(
  mode: SessionConfig['permissionMode'],
  ask: PermissionAsk,
): string | undefined {
  const mayAnswer =
    mode === 'allowAll' || (mode === 'allowReads' && readKinds.has(ask.toolCall.kind ?? ''));
  if (!mayAnswer) return undefined;
  const allow =
    ask.options.find((option) => option.kind === 'allow_once') ??
    ask.options.find((option) => option.kind === 'allow_always');
  return allow?.optionId;
}
