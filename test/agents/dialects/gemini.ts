// Gemini's generateContent, as far as its command line needs it.
import * as z from 'zod';
import { textPieces, tool, type Answer, type Said } from '../script.ts';
import { textOf, type Dialect } from './dialect.ts';

const part = z.looseObject({
  text: z.string().optional(),
  functionResponse: z.looseObject({ response: z.unknown() }).optional(),
});

const declaration = z.looseObject({
  name: z.string(),
  parameters: z.unknown().optional(),
  parametersJsonSchema: z.unknown().optional(),
});

const request = z.looseObject({
  contents: z.array(
    z.looseObject({ role: z.string().default('user'), parts: z.array(part).default([]) }),
  ),
  tools: z
    .array(
      z.looseObject({
        functionDeclarations: z.array(declaration).default([]),
      }),
    )
    .default([]),
});

const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 10, totalTokenCount: 20 };

/** `POST …/models/MODEL:generateContent` and `:streamGenerateContent`. */
export const gemini: Dialect = {
  matches: (path) => /:(streamG|g)enerateContent$/u.test(path),
  streams: (path) => path.endsWith(':streamGenerateContent'),
  read(body) {
    const { contents, tools } = request.parse(body);
    return {
      said: contents.flatMap(({ role, parts }) =>
        parts.map(({ text, functionResponse }): Said => {
          if (functionResponse !== undefined) {
            return { by: 'tool', text: JSON.stringify(functionResponse.response) };
          }
          return { by: role === 'user' ? 'user' : 'other', text: text ?? '' };
        }),
      ),
      tools: tools.flatMap(({ functionDeclarations }) =>
        functionDeclarations.map(({ name, parameters, parametersJsonSchema }) =>
          tool(name, parametersJsonSchema ?? parameters),
        ),
      ),
    };
  },
  async *events(next, gone) {
    for await (const text of textPieces(next, gone)) yield { data: piece([{ text }]) };
    yield { data: { ...piece(callParts(next), 'STOP'), usageMetadata } };
  },
  whole(next) {
    const parts = next.kind === 'call' ? callParts(next) : [{ text: textOf(next) }];
    return { ...piece(parts, 'STOP'), usageMetadata };
  },
};

function piece(parts: object[], finishReason?: string): object {
  const content = { role: 'model', parts };
  return {
    candidates: [{ index: 0, content, ...(finishReason === undefined ? {} : { finishReason }) }],
  };
}

function callParts(next: Answer): object[] {
  return next.kind === 'call'
    ? [{ functionCall: { name: next.tool, args: next.args } }]
    : [{ text: '' }];
}
