// Every `roost.*` setting: its shape, its default and its bounds, in one table.
import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';

// This half of zod has no words of its own, and problems are told to people.
z.config(english());

/** How one agent is started, as a user writes it under `roost.agents`. */
export const agentSettingSchema = z.object({
  name: z.optional(z.string().check(z.minLength(1))),
  command: z.string().check(z.minLength(1)),
  args: z._default(z.array(z.string()), []),
  env: z._default(z.record(z.string(), z.string()), {}),
  cwd: z.optional(z.string().check(z.minLength(1))),
});

/** When an agent asks before it acts: always, except for reads, or never. */
export const permissionModeSchema = z.enum(['ask', 'allowReads', 'allowAll']);

/** When to tell the user about something in a session that is not in view. */
export const notifyWhenSchema = z.enum(['always', 'windowUnfocused', 'never']);

/** One schema per setting, keyed by the name after `roost.`; each has a default. */
export const settingSchemas = {
  agents: z._default(
    z.record(z.string().check(z.regex(/^[A-Za-z0-9][\w.-]{0,63}$/)), agentSettingSchema),
    {},
  ),
  defaultAgent: z._default(z.string(), 'workspace'),
  'idle.timeoutMinutes': z._default(z.number().check(z.minimum(0)), 30),
  'idle.noticeMinutes': z._default(z.number().check(z.minimum(0)), 2),
  'idle.includeVisible': z._default(z.boolean(), false),
  'restore.policy': z._default(z.enum(['lazy', 'eager', 'off']), 'lazy'),
  'persistence.directory': z._default(z.string(), ''),
  'supervision.graceSeconds': z._default(z.number().check(z.minimum(0), z.maximum(600)), 5),
  'supervision.handshakeTimeoutSeconds': z._default(
    z.number().check(z.positive(), z.maximum(3600)),
    60,
  ),
  'supervision.stallMinutes': z._default(z.number().check(z.minimum(0)), 5),
  'supervision.maxRestarts': z._default(z.int().check(z.minimum(0)), 3),
  'supervision.withinSeconds': z._default(z.number().check(z.positive()), 60),
  'supervision.pidNamespace': z._default(z.enum(['off', 'auto']), 'off'),
  'permissions.mode': z._default(permissionModeSchema, 'ask'),
  'permissions.byAgent': z._default(z.record(z.string(), permissionModeSchema), {}),
  'notifications.requests': z._default(notifyWhenSchema, 'always'),
  'notifications.turns': z._default(notifyWhenSchema, 'windowUnfocused'),
  'workspaceAgent.source': z._default(z.enum(['auto', 'endpoint', 'none']), 'auto'),
  'workspaceAgent.url': z._default(z.string(), ''),
  'workspaceAgent.model': z._default(z.string(), ''),
  'workspaceAgent.contextTokens': z._default(z.int().check(z.minimum(0)), 0),
  'mcp.enabled': z._default(z.boolean(), true),
  'log.protocol': z._default(z.boolean(), false),
} as const;

/** The name of a setting, without the `roost.` in front. */
export type SettingName = keyof typeof settingSchemas;

/** A frozen snapshot of all settings. */
export type Settings = { readonly [Name in SettingName]: z.output<(typeof settingSchemas)[Name]> };

/**
 * All settings from whatever the editor has; a value that does not fit is replaced by its default,
 * an entry of a table that does not fit is left out, and both are named in `problems`: nothing that is
 * wrong takes anything else with it.
 * @param read the raw value of a setting, `undefined` when it is not set
 */
export function parseSettings(read: (name: SettingName) => unknown): {
  readonly settings: Settings;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(settingSchemas)) {
    // Object.entries widens the keys of the table it was given; they are exactly the setting names.
    const raw = read(name as SettingName) ?? undefined;
    const parsed = schema.safeParse(raw);
    if (parsed.success) {
      values[name] = parsed.data;
      continue;
    }
    const { issues } = parsed.error;
    const rest = schema.safeParse(without(raw, issues));
    const told = rest.success ? issues : issues.slice(0, 1);
    for (const { path, message } of told) {
      const where = [`roost.${name}`, ...path].join(' › ');
      problems.push(`${where}: ${message}; ${rest.success ? 'left out' : 'the default is used'}`);
    }
    values[name] = rest.success ? rest.data : schema.parse(undefined);
  }
  // Every key of the table has been filled from its own schema just above.
  return { settings: deeplyFrozen(values) as Settings, problems };
}

/** A table without the entries that have issues; what is no table, or is wrong as a whole, stays as it is. */
function without(raw: unknown, issues: readonly { readonly path: PropertyKey[] }[]): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  const wrong = new Set(issues.map(({ path }) => path[0]));
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !wrong.has(key)));
}

function deeplyFrozen(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deeplyFrozen(part);
    Object.freeze(value);
  }
  return value;
}
