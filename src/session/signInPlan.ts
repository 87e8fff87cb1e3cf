// What has to be done for one way to sign in: ask the agent, run something in a terminal, or ask the user for a key. Pure.
import * as z from 'zod/mini';
import type { AgentNote } from './agentOffers.ts';
import type { AgentDefinition, AuthMethod } from './agentPort.ts';

/** A command for a terminal. */
export interface TerminalCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How a method is carried out. */
export type SignInPlan =
  /** `authenticate` is sent; the agent does the rest, a browser perhaps. */
  | { readonly kind: 'agent' }
  /** A command is run in a terminal; nothing is sent, and the agent is started again afterwards. */
  | { readonly kind: 'terminal'; readonly run: TerminalCommand }
  /** The user is asked for one of these variables; the agent is started again with it. */
  | {
      readonly kind: 'key';
      readonly names: readonly string[];
      /** Whether `authenticate` is sent as well, so that the agent takes this way. */
      readonly authenticate: boolean;
    };

const texts = z.catch(z.array(z.string()), []);
const variables = z.catch(z.record(z.string(), z.string()), {});

const rawSchema = z.looseObject({
  args: z.optional(texts),
  env: z.optional(variables),
  vars: z.catch(z.optional(z.array(z.looseObject({ name: z.string() }))), undefined),
  _meta: z.catch(
    z.optional(
      z.looseObject({
        type: z.catch(z.optional(z.string()), undefined),
        args: z.optional(texts),
        env: z.optional(variables),
        'api-key': z.optional(z.unknown()),
        'terminal-auth': z.catch(
          z.optional(
            z.looseObject({
              command: z.string().check(z.minLength(1)),
              args: z.optional(texts),
              env: z.optional(variables),
            }),
          ),
          undefined,
        ),
      }),
    ),
    undefined,
  ),
});

/**
 * What to do for a method.
 * @param note what is known of the agent besides what it says itself
 */
export function signInPlan(
  method: AuthMethod,
  agent: AgentDefinition,
  note: AgentNote | undefined,
): SignInPlan {
  const parsed = rawSchema.safeParse(method.raw);
  const raw = parsed.success ? parsed.data : {};
  const run = terminalCommand(method, raw, agent);
  if (run !== undefined) return { kind: 'terminal', run };
  const keys = note?.signIn.keys ?? [];
  if (method.type === 'env_var') {
    const names = raw.vars?.map(({ name }) => name) ?? keys;
    return { kind: 'key', names, authenticate: false };
  }
  if (raw._meta?.['api-key'] !== undefined && keys.length > 0) {
    return { kind: 'key', names: keys, authenticate: true };
  }
  return { kind: 'agent' };
}

/** A command that the agent names whole, or its own with arguments added. */
function terminalCommand(
  { type }: AuthMethod,
  { args, env, _meta: meta }: Partial<z.output<typeof rawSchema>>,
  agent: AgentDefinition,
): TerminalCommand | undefined {
  const named = meta?.['terminal-auth'];
  if (named !== undefined) {
    return {
      command: named.command,
      args: named.args ?? [],
      env: { ...agent.env, ...named.env },
    };
  }
  if (type !== 'terminal' && meta?.type !== 'terminal') return undefined;
  return {
    command: agent.command,
    args: [...agent.args, ...(args ?? meta?.args ?? [])],
    env: { ...agent.env, ...(env ?? meta?.env) },
  };
}

/** Ways to sign in that are known of an agent although it does not offer them; by an id of ours. */
export function knownMethods(
  agent: AgentDefinition,
  note: AgentNote | undefined,
): readonly { readonly id: string; readonly plan: SignInPlan }[] {
  const { keys = [], terminal } = note?.signIn ?? {};
  const { env } = agent;
  return [
    ...(terminal === undefined
      ? []
      : [
          {
            id: 'roost.terminal',
            plan: {
              kind: 'terminal',
              run: { ...programOf(agent), args: programArgs(agent, terminal), env },
            },
          } as const,
        ]),
    ...(keys.length === 0
      ? []
      : [{ id: 'roost.key', plan: { kind: 'key', names: keys, authenticate: false } } as const]),
  ];
}

function programOf({ command }: AgentDefinition): { readonly command: string } {
  return { command };
}

/** An installed script stays in front; what makes the program an agent goes. */
function programArgs(agent: AgentDefinition, args: readonly string[]): readonly string[] {
  const [script] = agent.args;
  const isScript = agent.command === 'node' && script !== undefined;
  return isScript ? [script, ...args] : args;
}
