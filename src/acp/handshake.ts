// What Roost says about itself to an agent, and what it reads out of the agent's own introduction and opened conversations.
import * as z from 'zod/mini';
import { SessionError } from '../session/errors.ts';
import type { AgentInfo, OpenedSession } from '../session/agentPort.ts';
import type { Quirks } from './quirks.ts';

/** The version of the protocol that Roost speaks. */
const protocolVersion = 1;

/**
 * The parameters of `initialize`.
 * @param more what is offered to this agent beside the protocol, by its name in `_meta`
 */
export function initializeParams(
  clientVersion: string,
  quirks: Quirks,
  more: Readonly<Record<string, true>>,
): unknown {
  return {
    protocolVersion,
    clientInfo: { name: 'roost', title: 'Roost', version: clientVersion },
    clientCapabilities: {
      fs: { readTextFile: quirks.files, writeTextFile: quirks.files },
      terminal: true,
      auth: { terminal: true },
      session: { configOptions: { boolean: {} }, notices: {}, compaction: {} },
      elicitation: { form: {}, url: {} },
      // Conventions that several agents act on: output of commands of their own, logging in by a command.
      _meta: { terminal_output: true, 'terminal-auth': true, ...more },
    },
  };
}

const flag = z.catch(z.nullish(z.boolean()), undefined);
/** A capability is offered by an object, whatever is in it. */
const offered = z.catch(z.nullish(z.looseObject({})), undefined);
const text = z.catch(z.nullish(z.string()), undefined);

const introductionSchema = z.looseObject({
  protocolVersion: z.union([z.number(), z.string()]),
  agentInfo: z.catch(
    z.nullish(z.looseObject({ name: text, title: text, version: text })),
    undefined,
  ),
  agentCapabilities: z.catch(
    z.nullish(
      z.looseObject({
        loadSession: flag,
        promptCapabilities: z.catch(
          z.nullish(z.looseObject({ image: flag, audio: flag, embeddedContext: flag })),
          undefined,
        ),
        mcpCapabilities: z.catch(z.nullish(z.looseObject({ http: flag, sse: flag })), undefined),
        sessionCapabilities: z.catch(
          z.nullish(
            z.looseObject({ resume: offered, close: offered, list: offered, fork: offered }),
          ),
          undefined,
        ),
      }),
    ),
    undefined,
  ),
  authMethods: z.catch(z.nullish(z.array(z.unknown())), undefined),
});

const authMethodSchema = z.looseObject({
  id: z.string(),
  name: text,
  description: text,
  type: text,
});

/**
 * What the agent says about itself.
 * @throws SessionError `protocolVersion` when it speaks another one, `agentError` when it says nothing of the kind
 */
export function readIntroduction(result: unknown, agentName: string): AgentInfo {
  const parsed = introductionSchema.safeParse(result);
  if (!parsed.success) {
    throw new SessionError('agentError', `${agentName} answered initialize with something else.`, {
      hint: 'Is this command an ACP agent?',
      details: { step: 'initialize' },
    });
  }
  const { protocolVersion: theirs, agentInfo, agentCapabilities, authMethods } = parsed.data;
  if (theirs !== protocolVersion) {
    throw new SessionError(
      'protocolVersion',
      `${agentName} speaks version ${theirs} of the protocol, Roost speaks version ${protocolVersion}.`,
      {
        hint: 'Update the agent, or Roost, whichever is older.',
        details: { step: 'initialize', cause: theirs },
      },
    );
  }
  const mcp = agentCapabilities?.mcpCapabilities;
  return {
    protocolVersion: theirs,
    ...namesIn(agentInfo),
    can: readCapabilities(agentCapabilities),
    mcp: { http: mcp?.http === true, sse: mcp?.sse === true },
    authMethods: (authMethods ?? []).flatMap(readAuthMethod),
  };
}

/** What it says it is, as far as it says so. */
function namesIn(
  info: z.infer<typeof introductionSchema>['agentInfo'],
): Pick<AgentInfo, 'name' | 'programName' | 'version'> {
  const name = info?.title ?? info?.name;
  const { name: programName, version } = info ?? {};
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof programName === 'string' ? { programName } : {}),
    ...(typeof version === 'string' ? { version } : {}),
  };
}

/** What is offered; whatever is absent is not. */
function readCapabilities(
  from: z.output<typeof introductionSchema>['agentCapabilities'],
): AgentInfo['can'] {
  const prompt = from?.promptCapabilities;
  const session = from?.sessionCapabilities;
  return {
    load: from?.loadSession === true,
    resume: isOffered(session?.resume),
    close: isOffered(session?.close),
    list: isOffered(session?.list),
    fork: isOffered(session?.fork),
    image: prompt?.image === true,
    audio: prompt?.audio === true,
    embeddedContext: prompt?.embeddedContext === true,
  };
}

function isOffered(capability: object | null | undefined): boolean {
  return capability !== undefined && capability !== null;
}

function readAuthMethod(raw: unknown): AgentInfo['authMethods'] {
  const parsed = authMethodSchema.safeParse(raw);
  if (!parsed.success) return [];
  const { id, name, description, type } = parsed.data;
  return [
    {
      id,
      name: name ?? id,
      ...(typeof description === 'string' ? { description } : {}),
      type: type ?? 'agent',
      raw,
    },
  ];
}

const openedSchema = z.looseObject({
  sessionId: text,
  modes: z.catch(
    z.nullish(
      z.looseObject({
        currentModeId: text,
        availableModes: z.catch(
          z.nullish(
            z.array(z.looseObject({ id: z.string(), name: z.string(), description: text })),
          ),
          undefined,
        ),
      }),
    ),
    undefined,
  ),
  configOptions: z.catch(z.nullish(z.array(z.looseObject({}))), undefined),
});

/**
 * What an agent answers when it has opened a conversation.
 * @param agentSessionId the id asked for; `undefined` when the agent makes one
 * @throws SessionError `agentError` when there is no id
 */
export function readOpened(
  result: unknown,
  agentSessionId: string | undefined,
  agentName: string,
): OpenedSession {
  // An agent may answer a load with null.
  const parsed = openedSchema.safeParse(result ?? {});
  const opened = parsed.success ? parsed.data : {};
  const id = agentSessionId ?? opened.sessionId;
  if (typeof id !== 'string') {
    throw new SessionError('agentError', `${agentName} opened a conversation without an id.`, {
      details: { step: 'session/new' },
    });
  }
  const modes = opened.modes?.availableModes;
  const currentModeId = opened.modes?.currentModeId;
  const { configOptions } = opened;
  return {
    agentSessionId: id,
    ...(modes ? { modes } : {}),
    ...(typeof currentModeId === 'string' ? { currentModeId } : {}),
    ...(configOptions ? { configOptions } : {}),
  };
}

const configOptionsSchema = z.looseObject({ configOptions: z.array(z.looseObject({})) });

/** The options in an answer to `session/set_config_option`, where it has them. */
export function readConfigOptions(result: unknown): OpenedSession['configOptions'] {
  const parsed = configOptionsSchema.safeParse(result);
  return parsed.success ? parsed.data.configOptions : undefined;
}

const promptAnswerSchema = z.looseObject({ stopReason: z.string() });

/** Why a turn ended. @throws SessionError `agentError` when the agent does not say */
export function readStopReason(result: unknown, agentName: string): { stopReason: string } {
  const parsed = promptAnswerSchema.safeParse(result);
  if (parsed.success) return { stopReason: parsed.data.stopReason };
  throw new SessionError('agentError', `${agentName} ended a turn without a stop reason.`, {
    details: { step: 'session/prompt' },
  });
}
