// What must never be printed: values of an agent's environment, and arguments that hold a token.
import type { AgentDefinition } from './agentPort.ts';

/** Names of arguments whose value is a secret. */
const secretName = /(?:^|[-_])(?:api-?key|key|token|secret|password|passwd|auth|credentials?)$/i;

/** Tokens that tell by their look what they are. */
const secretLook = /^(?:sk-|ghp_|gho_|github_pat_|xox[a-z]-|AKIA|eyJ)[\w.-]{8,}$/;

/** What stands in a secret's place. */
const mask = '***';

/** Shorter values are words like `1` or `true`: masking them would make every message unreadable. */
const shortest = 6;

/** The agent's arguments, secrets masked. */
export function printableArgs(agent: Pick<AgentDefinition, 'args' | 'env'>): readonly string[] {
  const { args } = agent;
  return args.map((arg, index) =>
    secretIn(arg, args[index - 1]) === undefined ? withoutSecrets(agent, arg) : masked(arg),
  );
}

/** `text` without any value of the agent's own environment and any secret argument. */
export function withoutSecrets(agent: Pick<AgentDefinition, 'args' | 'env'>, text: string): string {
  const secrets = [
    ...Object.values(agent.env),
    ...agent.args.map((arg, index) => secretIn(arg, agent.args[index - 1]) ?? ''),
  ];
  return secrets
    .filter((secret) => secret.length >= shortest)
    .sort((a, b) => b.length - a.length)
    .reduce((left, secret) => left.replaceAll(secret, mask), text);
}

/** The secret part of an argument, if it has one. */
function secretIn(arg: string, before: string | undefined): string | undefined {
  const [name = '', ...rest] = arg.split('=');
  if (rest.length > 0 && secretName.test(name)) return rest.join('=');
  if (secretLook.test(arg)) return arg;
  const named =
    before?.startsWith('-') === true && !before.includes('=') && secretName.test(before);
  return named && !arg.startsWith('-') ? arg : undefined;
}

function masked(arg: string): string {
  const end = arg.indexOf('=');
  return end > 0 && secretName.test(arg.slice(0, end)) ? `${arg.slice(0, end)}=${mask}` : mask;
}
