// Every `roost.*` setting: its shape, its default and its bounds, in one table.
import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';
import { onFirstUse } from './onDemand.ts';

// This half of zod has no words of its own, and problems are told to people.
z.config(english());

/** How one agent is started, as a user writes it under `roost.agents`. */
const agentSettingSchema = onFirstUse(() =>
  z.object({
    name: z.optional(z.string().check(z.minLength(1))),
    command: z.string().check(z.minLength(1)),
    args: z._default(z.array(z.string()), []),
    env: z._default(z.record(z.string(), z.string()), {}),
    cwd: z.optional(z.string().check(z.minLength(1))),
  }),
);

/** When an agent asks before it acts: always, except for reads, or never. */
export const permissionModeSchema = onFirstUse(() => z.enum(['ask', 'allowReads', 'allowAll']));

/** When to tell the user about something in a session that is not in view. */
const notifyWhenSchema = onFirstUse(() => z.enum(['always', 'windowUnfocused', 'never']));

/** A setting: its shape, which is built only when somebody has set something else, and its default. */
function setting<Value>(
  shape: () => z.ZodMiniType<Value>,
  otherwise: NoInfer<Value>,
): { readonly schema: () => z.ZodMiniType<Value>; readonly otherwise: Value } {
  return {
    // The type of a default leaves `undefined` out, which no setting is.
    schema: onFirstUse(() => z._default(shape(), otherwise as never)),
    otherwise,
  };
}

/** One entry per setting, keyed by the name after `roost.`. */
export const settingTable = {
  agents: setting(
    () => z.record(z.string().check(z.regex(/^[A-Za-z0-9][\w.-]{0,63}$/)), agentSettingSchema()),
    {},
  ),
  defaultAgent: setting(() => z.string(), 'workspace'),
  'idle.timeoutMinutes': setting(() => z.number().check(z.minimum(0)), 30),
  'idle.noticeMinutes': setting(() => z.number().check(z.minimum(0)), 2),
  'idle.includeVisible': setting(() => z.boolean(), false),
  'restore.policy': setting(() => z.enum(['lazy', 'eager', 'off']), 'lazy'),
  'persistence.directory': setting(() => z.string(), ''),
  'supervision.graceSeconds': setting(() => z.number().check(z.minimum(0), z.maximum(600)), 5),
  'supervision.handshakeTimeoutSeconds': setting(
    () => z.number().check(z.positive(), z.maximum(3600)),
    60,
  ),
  'supervision.stallMinutes': setting(() => z.number().check(z.minimum(0)), 5),
  'supervision.maxRestarts': setting(() => z.int().check(z.minimum(0)), 3),
  'supervision.withinSeconds': setting(() => z.number().check(z.positive()), 60),
  'supervision.pidNamespace': setting(() => z.enum(['off', 'auto']), 'off'),
  'permissions.mode': setting(() => permissionModeSchema(), 'ask'),
  'permissions.byAgent': setting(() => z.record(z.string(), permissionModeSchema()), {}),
  'notifications.requests': setting(() => notifyWhenSchema(), 'always'),
  'notifications.turns': setting(() => notifyWhenSchema(), 'windowUnfocused'),
  'workspaceAgent.source': setting(() => z.enum(['auto', 'editor', 'endpoint', 'none']), 'auto'),
  'workspaceAgent.url': setting(() => z.string(), ''),
  'workspaceAgent.model': setting(() => z.string(), ''),
  'workspaceAgent.contextTokens': setting(() => z.int().check(z.minimum(0)), 0),
  'registry.url': setting(() => z.string(), ''),
  'mcp.enabled': setting(() => z.boolean(), true),
  'log.protocol': setting(() => z.boolean(), false),
} as const;

/** The name of a setting, without the `roost.` in front. */
export type SettingName = keyof typeof settingTable;

/** A frozen snapshot of all settings. */
export type Settings = {
  readonly [Name in SettingName]: (typeof settingTable)[Name]['otherwise'];
};

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
  for (const [key, { otherwise, schema: schemaOf }] of Object.entries(settingTable)) {
    // Object.entries widens the keys of the table it was given; they are exactly the setting names.
    const name = key as SettingName;
    const raw = read(name) ?? undefined;
    if (isDefault(name, raw)) {
      values[name] = otherwise;
      continue;
    }
    const schema: z.ZodMiniType = schemaOf();
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
    values[name] = rest.success ? rest.data : otherwise;
  }
  // Every key of the table has been filled from its own schema just above.
  return { settings: deeplyFrozen(values) as Settings, problems };
}

/** Whether a raw value says no more than the default: then it is valid, and nothing needs to be built to see that. */
export function isDefault(name: SettingName, raw: unknown): boolean {
  const { otherwise } = settingTable[name];
  if (raw === undefined || raw === otherwise) return true;
  // The editor hands out a copy of a default that is an object; ours are empty ones.
  return typeof otherwise === 'object' && isEmptyObject(raw);
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 0
  );
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
