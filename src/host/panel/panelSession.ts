// A session of the domain as its panel shows it: status, requests that wait, and what the user can set.
import * as z from 'zod/mini';
import type { PendingView, PickerView, SessionView } from '../../chatProtocol/session.ts';
import type { PendingRequestDetails, SessionDetails } from '../../session/sessions.ts';
import type { AgentFacts } from '../../session/state.ts';
import { locationView, rawText, toolParts } from './panelEntries.ts';
import { formFields } from './panelForm.ts';

/** A session as its panel shows it. */
export function sessionView(details: SessionDetails): SessionView {
  const { info, facts } = details;
  return {
    sessionId: info.sessionId,
    title: info.title,
    agentName: details.agentName,
    cwd: info.cwd,
    status: info.status,
    processAlive: info.processAlive,
    permissionMode: details.config.permissionMode,
    pending: details.pending.map(pendingView),
    queue: details.queue.map(({ promptId, text }) => ({ promptId, text: text.slice(0, 2000) })),
    changedFiles: info.changedFiles,
    commands: facts.commands.map(({ name, description, hint }) => ({ name, description, hint })),
    pickers: pickers(facts),
    usage: usage(facts),
    error:
      info.error === undefined
        ? undefined
        : { code: info.error.code, message: info.error.message, hint: info.error.hint },
    restartAt: details.restartAt,
    stalledSince: details.stalledSince,
    readOnly: details.readOnly,
    stoppedAfterIdleMinutes: details.stoppedAfterIdleMinutes,
    storageFailing: details.storageFailing,
    interrupted: details.interrupted,
    takesImages: details.can?.image,
  };
}

function pendingView(request: PendingRequestDetails): PendingView {
  const { requestId } = request;
  if (request.kind === 'permission') {
    const { toolCall } = request.ask;
    return {
      type: 'permission',
      requestId,
      title: request.title,
      kind: toolCall.kind ?? 'other',
      parts: toolParts(toolCall.content),
      locations: (toolCall.locations ?? []).slice(0, 100).map(locationView),
      input: rawText(toolCall.rawInput),
      options: request.options.map(({ optionId, name, kind }) => ({ optionId, name, kind })),
    };
  }
  const { mode, message, requestedSchema, toStart = false, url } = request.ask;
  if (mode === 'form') {
    return { type: 'form', requestId, message, toStart, fields: formFields(requestedSchema) };
  }
  if (mode === 'url' && url !== undefined) return { type: 'url', requestId, message, url };
  return { type: 'unknown', requestId, message };
}

const text = z.catch(z.optional(z.string()), undefined);
const choiceSchema = z.object({ value: z.string(), name: z.string(), description: text });
const groupSchema = z.object({ name: z.string(), options: z.array(choiceSchema) });
const configSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('select'),
    id: z.string(),
    name: z.string(),
    description: text,
    category: text,
    currentValue: z.string(),
    options: z.array(z.union([choiceSchema, groupSchema])),
  }),
  z.object({
    type: z.literal('boolean'),
    id: z.string(),
    name: z.string(),
    description: text,
    category: text,
    currentValue: z.boolean(),
  }),
]);

/** What can be set: config options, and the older modes only where no config option is the mode. */
function pickers(facts: AgentFacts): PickerView[] {
  const options = facts.configOptions.flatMap((raw) => {
    const parsed = configSchema.safeParse(raw);
    return parsed.success ? [parsed.data] : [];
  });
  const modes: PickerView[] =
    facts.modes.length === 0 || options.some((option) => option.category === 'mode')
      ? []
      : [
          {
            type: 'choice',
            configId: undefined,
            name: '',
            value: facts.currentModeId ?? '',
            choices: facts.modes.map(({ id, name, description }) => ({
              value: id,
              name,
              description: description ?? undefined,
            })),
          },
        ];
  return [...modes, ...options.map(configPicker)];
}

function configPicker(option: z.infer<typeof configSchema>): PickerView {
  const base = {
    configId: option.id,
    name: option.name,
    description: option.description,
  };
  if (option.type === 'boolean') return { ...base, type: 'switch', value: option.currentValue };
  const choices = option.options.flatMap((item) =>
    'options' in item
      ? item.options.map((choice) => ({ ...choiceView(choice), group: item.name }))
      : [choiceView(item)],
  );
  return { ...base, type: 'choice', value: option.currentValue, choices };
}

function choiceView(choice: z.infer<typeof choiceSchema>): {
  value: string;
  name: string;
  description: string | undefined;
} {
  return { value: choice.value, name: choice.name, description: choice.description };
}

const costSchema = z.object({ amount: z.number(), currency: z.string() });

function usage(facts: AgentFacts): SessionView['usage'] {
  if (facts.usage === undefined || !(facts.usage.size > 0)) return undefined;
  const { used, size, cost } = facts.usage;
  const parsed = costSchema.safeParse(cost);
  return {
    used,
    size,
    cost: parsed.success
      ? `${parsed.data.amount.toFixed(2)} ${parsed.data.currency.slice(0, 8)}`
      : undefined,
  };
}
