// Every `roost.*` setting: its shape, its default and its bounds, in one table.
import * as z from 'zod';

/** How one agent is started, as a user writes it under `roost.agents`. */
export const agentSettingSchema = z.object({
  name: z.string().min(1).optional(),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  cwd: z.string().min(1).optional(),
});

/** When an agent asks before it acts: always, except for reads, or never. */
export const permissionModeSchema = z.enum(['ask', 'allowReads', 'allowAll']);

/** One schema per setting, keyed by the name after `roost.`; each has a default. */
export const settingSchemas = {
  agents: z.record(z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/), agentSettingSchema).default({}),
  defaultAgent: z.string().default('workspace'),
  'idle.timeoutMinutes': z.number().min(0).default(30),
  'idle.noticeMinutes': z.number().min(0).default(2),
  'idle.includeVisible': z.boolean().default(false),
  'restore.policy': z.enum(['lazy', 'eager', 'off']).default('lazy'),
  'persistence.directory': z.string().default(''),
  'supervision.graceSeconds': z.number().min(0).max(600).default(5),
  'supervision.handshakeTimeoutSeconds': z.number().positive().max(3600).default(60),
  'supervision.stallMinutes': z.number().min(0).default(5),
  'supervision.maxRestarts': z.int().min(0).default(3),
  'supervision.withinSeconds': z.number().positive().default(60),
  'supervision.pidNamespace': z.enum(['off', 'auto']).default('off'),
  'permissions.mode': permissionModeSchema.default('ask'),
  'log.protocol': z.boolean().default(false),
} as const;

/** The name of a setting, without the `roost.` in front. */
export type SettingName = keyof typeof settingSchemas;

/** A frozen snapshot of all settings. */
export type Settings = { readonly [Name in SettingName]: z.output<(typeof settingSchemas)[Name]> };

/**
 * All settings from whatever the editor has; a value that does not fit is replaced by its default
 * and named in `problems`, so that one wrong entry never takes the others with it.
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
    const raw = read(name as SettingName);
    const parsed = schema.safeParse(raw === null ? undefined : raw);
    if (parsed.success) {
      values[name] = parsed.data;
    } else {
      const where = parsed.error.issues[0];
      const path = [`roost.${name}`, ...(where?.path ?? [])].join(' › ');
      problems.push(`${path}: ${where?.message ?? 'wrong value'}; the default is used`);
      values[name] = schema.parse(undefined);
    }
  }
  // Every key of the table has been filled from its own schema just above.
  return { settings: Object.freeze(values) as Settings, problems };
}
