// The public registry of ACP agents, in its own format: read tolerantly, compared and merged. Pure.
import * as z from 'zod/mini';
import type { AgentDefinition } from '../session/agentPort.ts';

const launchFields = {
  args: z._default(z.array(z.string()), []),
  env: z._default(z.record(z.string(), z.string()), {}),
};
const packageSchema = z.looseObject({
  package: z.string().check(z.minLength(1), z.maxLength(300)),
  ...launchFields,
});
const targetSchema = z.looseObject({
  archive: z.string(),
  cmd: z.string().check(z.minLength(1)),
  ...launchFields,
});
const webPage = z.catch(z.optional(z.string().check(z.regex(/^https:\/\//))), undefined);

const agentSchema = z.looseObject({
  id: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,63}$/)),
  name: z.string().check(z.minLength(1), z.maxLength(100)),
  version: z.string().check(z.regex(/^\d+\.\d+\.\d+/)),
  description: z._default(z.string().check(z.maxLength(500)), ''),
  repository: webPage,
  website: webPage,
  distribution: z.looseObject({
    npx: z.catch(z.optional(packageSchema), undefined),
    uvx: z.catch(z.optional(packageSchema), undefined),
    binary: z.catch(z.optional(z.record(z.string(), targetSchema)), undefined),
  }),
});

const registrySchema = z.looseObject({ agents: z.array(z.unknown()) });

/** One agent of the registry. */
export type RegistryAgent = z.output<typeof agentSchema>;

/**
 * The agents of a registry. An entry that cannot be read is left out and named in `problems`;
 * `undefined` when the whole is no registry.
 */
export function parseRegistry(
  raw: unknown,
): { readonly agents: readonly RegistryAgent[]; readonly problems: readonly string[] } | undefined {
  const parsed = registrySchema.safeParse(raw);
  if (!parsed.success) return undefined;
  const agents: RegistryAgent[] = [];
  const problems: string[] = [];
  for (const [index, entry] of parsed.data.agents.entries()) {
    const agent = agentSchema.safeParse(entry);
    if (agent.success) {
      agents.push(agent.data);
    } else {
      const [issue] = agent.error.issues;
      problems.push(`agents[${index}].${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
    }
  }
  return { agents, problems };
}

/** Both lists as one: of an agent in both, the newer entry. In the order of the first. */
export function mergeRegistries(
  first: readonly RegistryAgent[],
  second: readonly RegistryAgent[],
): readonly RegistryAgent[] {
  const merged = new Map(first.map((agent) => [agent.id, agent]));
  for (const agent of second) {
    const known = merged.get(agent.id);
    if (known === undefined || compareVersions(agent.version, known.version) > 0) {
      merged.set(agent.id, agent);
    }
  }
  return [...merged.values()];
}

/** Negative when `a` is older than `b`, 0 when they are the same, positive when it is newer. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => {
    const [, numbers = '', rest = ''] = /^v?([\d.]+)(?:-([^+]*))?/.exec(version) ?? [];
    return { numbers: numbers.split('.').map(Number), rest };
  });
  if (left === undefined || right === undefined) return 0;
  for (let i = 0; i < Math.max(left.numbers.length, right.numbers.length); i += 1) {
    const difference = (left.numbers[i] ?? 0) - (right.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  // A preview of a version comes before it.
  if (left.rest === '' || right.rest === '') {
    return (left.rest === '' ? 1 : 0) - (right.rest === '' ? 1 : 0);
  }
  return left.rest < right.rest ? -1 : Number(left.rest > right.rest);
}

/** A package of npm, pinned. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
}

/**
 * The package an agent is installed from; `undefined` where there is none, or none that names one
 * published version: an address or a tag could be anything tomorrow.
 */
export function npmPackageOf(agent: RegistryAgent): NpmPackage | undefined {
  const name = String.raw`(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*`;
  const version = String.raw`\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?`;
  const match = new RegExp(`^(${name})@(${version})$`).exec(agent.distribution.npx?.package ?? '');
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { name: match[1], version: match[2] };
}

/** What is added to the agent's program: the same however it was installed. */
export function launchOf(agent: RegistryAgent): Pick<AgentDefinition, 'args' | 'env'> {
  const { npx, uvx, binary = {} } = agent.distribution;
  const { args, env } = npx ?? Object.values(binary)[0] ?? uvx ?? { args: [], env: {} };
  return { args, env };
}

/** The program's name where an archive says it; packages name theirs only once they are there. */
export function programOf(agent: RegistryAgent): string | undefined {
  const [target] = Object.values(agent.distribution.binary ?? {});
  const name = target?.cmd
    .split(/[\\/]/)
    .at(-1)
    ?.replace(/\.(?:exe|cmd)$/, '');
  return name === '' ? undefined : name;
}
