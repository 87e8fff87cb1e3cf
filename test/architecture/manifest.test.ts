// The manifest says exactly what the code does: commands, settings, menus, flags, keys and strings, equal both ways.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  commandArguments,
  commandId,
  commandNames,
  contextKeys,
  sessionEditorType,
  sessionScheme,
  sessionsViewId,
} from '../../src/host/commands/commandIds.ts';
import { changeFlags, requestFlags, sessionFlags } from '../../src/host/list/sessionTreeModel.ts';
import { conversationViewType } from '../../src/host/panel/panelOpener.ts';
import { settingTable } from '../../src/session/settings.ts';
import { bundleFile, bundleOf, translatedStrings } from './l10nStrings.ts';

const root = join(import.meta.dirname, '..', '..');

const menuItem = z.object({ command: z.string(), when: z.string().optional() });
const property = z.looseObject({
  type: z.string(),
  default: z.unknown(),
  scope: z.string(),
  order: z.number(),
  markdownDescription: z.string(),
});
const manifest = z
  .looseObject({
    icon: z.string(),
    l10n: z.string(),
    activationEvents: z.array(z.string()),
    capabilities: z.looseObject({
      untrustedWorkspaces: z.looseObject({ restrictedConfigurations: z.array(z.string()) }),
    }),
    contributes: z.object({
      viewsContainers: z.object({
        activitybar: z.array(z.looseObject({ id: z.string(), icon: z.string() })),
      }),
      views: z.record(z.string(), z.array(z.looseObject({ id: z.string(), icon: z.string() }))),
      customEditors: z.array(
        z.looseObject({
          viewType: z.string(),
          selector: z.array(z.object({ filenamePattern: z.string() })),
        }),
      ),
      viewsWelcome: z.array(z.looseObject({ view: z.string(), when: z.string() })),
      commands: z.array(
        z.object({
          command: z.string(),
          title: z.string(),
          category: z.string(),
          icon: z.string(),
        }),
      ),
      menus: z.record(z.string(), z.array(menuItem)),
      keybindings: z.array(menuItem.loose()),
      walkthroughs: z.array(
        z.looseObject({
          steps: z.array(z.looseObject({ media: z.looseObject({ svg: z.string() }) })),
        }),
      ),
      configuration: z.object({ title: z.string(), properties: z.record(z.string(), property) }),
    }),
  })
  .parse(readJson('package.json'));
const words = z.record(z.string(), z.string()).parse(readJson('package.nls.json'));
const { contributes } = manifest;
const menus = Object.values(contributes.menus).flat();
const whens = [...menus, ...contributes.keybindings, ...contributes.viewsWelcome].map(
  ({ when }) => when ?? '',
);

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}

function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].sort();
}

function matches(pattern: RegExp, texts: readonly string[]): string[] {
  return texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

describe('commands', () => {
  it('are the ones the code registers', () => {
    const declared = contributes.commands.map(({ command }) => command);
    expect(sorted(declared)).toEqual(sorted(commandNames.map(commandId)));
    expect(declared).toHaveLength(new Set(declared).size);
  });

  it('are the only ones that menus, keys and the welcome view run', () => {
    const own = new Set(commandNames.map<string>(commandId));
    const used = [
      ...menus.map(({ command }) => command),
      ...contributes.keybindings.map(({ command }) => command),
      ...matches(/\(command:(roost\.\w+)\)/g, Object.values(words)),
    ];
    expect(used.filter((command) => !own.has(command))).toEqual([]);
  });

  it('refuse what they do not know', () => {
    for (const name of commandNames) {
      expect(commandArguments[name]().safeParse({ surprise: true }).success, name).toBe(false);
    }
  });

  it('are all run by the host suite, but for those that need a registry of packages', () => {
    const elsewhere = new Set(['installAgent', 'removeAgent', 'refreshAgents']);
    const suites = join(root, 'test', 'host');
    const text = readdirSync(suites)
      .map((file) => readFileSync(join(suites, file), 'utf8'))
      .join('\n');
    const run = (name: string): boolean => text.includes(`'${name}'`);
    expect(commandNames.filter((name) => !run(name) && !elsewhere.has(name))).toEqual([]);
  });
});

describe('settings', () => {
  const { properties } = contributes.configuration;

  it('are the ones the code reads', () => {
    expect(sorted(Object.keys(properties))).toEqual(
      sorted(Object.keys(settingTable).map((name) => `roost.${name}`)),
    );
  });

  it.each(Object.entries(settingTable))('%s has the type, bounds and default', (name, setting) => {
    const declared = properties[`roost.${name}`];
    const { $schema, ...wanted } = z.toJSONSchema(setting.schema(), { io: 'input' });
    expect($schema).toBeDefined();
    for (const key of ['type', 'enum', 'default', 'minimum', 'maximum', 'exclusiveMinimum']) {
      // Integers carry the bounds of safe integers, which nobody needs to see.
      const bound = wanted[key] === Number.MAX_SAFE_INTEGER ? undefined : wanted[key];
      expect(declared?.[key], key).toEqual(bound);
    }
  });

  it('describe an agent as the code reads it', () => {
    const wanted = z.toJSONSchema(settingTable.agents.schema(), { io: 'input' });
    const declared = properties['roost.agents'];
    expect(withoutText(declared?.['additionalProperties'])).toEqual({
      ...withoutText(wanted.additionalProperties),
      additionalProperties: false,
    });
    const pattern = z.object({ pattern: z.string() });
    expect(pattern.parse(declared?.['propertyNames']).pattern).toBe(
      pattern.parse(wanted.propertyNames).pattern,
    );
  });

  it('are withheld from an untrusted workspace where they name programs or places', () => {
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toEqual([
      'roost.agents',
      'roost.defaultAgent',
      'roost.persistence.directory',
      'roost.permissions.mode',
      'roost.permissions.byAgent',
      'roost.workspaceAgent.source',
      'roost.workspaceAgent.url',
    ]);
  });
});

/** A JSON schema without what only people read, and without saying that keys are strings. */
function withoutText(schema: unknown): Record<string, unknown> {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    (key === 'description' && typeof value === 'string') || key === 'propertyNames'
      ? undefined
      : value,
  );
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

describe('when clauses', () => {
  it('ask for the flags that rows carry, and for all of them', () => {
    const asked = matches(/viewItem =~ \/;(\w+);\//g, whens);
    const carried = ['session', 'request', ...sessionFlags, ...requestFlags, ...changeFlags];
    expect(sorted(asked)).toEqual(sorted(carried));
  });

  it('ask for view items only in the form that rows carry them', () => {
    const asking = whens.filter((when) => when.includes('viewItem'));
    expect(asking.filter((when) => !/viewItem =~ \/;\w+;\/(?: |$)/.test(when))).toEqual([]);
  });

  it('ask for the context keys that the code sets, and for all of them', () => {
    const asked = matches(/(?<!')\b(roost\.\w+)\b/g, whens).filter((key) => key !== sessionsViewId);
    expect(sorted(asked)).toEqual(sorted(contextKeys));
  });

  it('ask for the panels that there are, and take keys from no view while one is open', () => {
    const asking = contributes.keybindings.filter(({ when = '' }) =>
      when.includes('activeWebview'),
    );
    expect(asking.map(({ command }) => command)).toEqual([commandId('goToRequest')]);
    for (const { when = '' } of asking) {
      expect(when).toContain(`activeWebviewPanelId == '${conversationViewType}'`);
      expect(when).toContain('!focusedView');
    }
  });

  it('name the editor for rows that are dropped, and what it opens', () => {
    expect(contributes.customEditors).toMatchObject([
      { viewType: sessionEditorType, selector: [{ filenamePattern: `${sessionScheme}:/**` }] },
    ]);
  });

  it('name no view but the one there is', () => {
    const views = Object.values(contributes.views).flat();
    expect(views.map(({ id }) => id)).toEqual([sessionsViewId]);
    expect(sorted(contributes.viewsWelcome.map(({ view }) => view))).toEqual([sessionsViewId]);
    expect(sorted(matches(/\b(?:view|focusedView) == ([\w.]+)/g, whens))).toEqual([sessionsViewId]);
  });
});

describe('strings', () => {
  it('are all in package.nls.json, and none is left over', () => {
    const text = readFileSync(join(root, 'package.json'), 'utf8');
    expect(sorted(matches(/"%([\w.]+)%"/g, [text]))).toEqual(sorted(Object.keys(words)));
  });

  it('of the code are all in the l10n bundle, and none is left over', () => {
    const { texts } = translatedStrings();
    expect(texts.length).toBeGreaterThan(50);
    // After changing a string: node test/architecture/l10nStrings.ts --write
    expect(JSON.parse(readFileSync(bundleFile, 'utf8'))).toEqual(bundleOf(texts));
  });

  it('are literals where they are translated', () => {
    const { others } = translatedStrings();
    // The one exception passes the panel's words, which are in the bundle as a whole.
    expect(others.filter((call) => !call.includes('conversationPanels.ts'))).toEqual([]);
  });
});

describe('files', () => {
  it('that the manifest names exist', () => {
    const named = [
      manifest.icon,
      manifest.l10n,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...Object.values(contributes.views).flatMap((views) => views.map(({ icon }) => icon)),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg)),
    ];
    expect(named.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });
});
