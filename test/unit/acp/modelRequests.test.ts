// Who may ask for the editor's language models, and in what form an answer comes.
import { expect, it } from 'vitest';
import { modelAnswers, modelsMeta, type ModelLink } from '../../../src/acp/modelRequests.ts';
import type { LanguageModels } from '../../../src/session/languageModels.ts';

const never = new AbortController().signal;

const models: LanguageModels = {
  choose: (wanted) =>
    Promise.resolve(wanted === '' ? { id: 'm', name: 'M', maxInputTokens: 100 } : undefined),
  countTokens: () => Promise.resolve(undefined),
  respond: (_request, onPart) => {
    onPart({ type: 'text', text: 'a' });
    onPart({ type: 'text', text: 'b' });
    return Promise.resolve({ kind: 'whole' });
  },
};

/** A link to an agent, as far as it matters here. */
function linkTo(usesEditorModels: boolean): ModelLink {
  return {
    agent: usesEditorModels ? { usesEditorModels } : {},
    services: { models: () => Promise.resolve(models) },
  };
}

it('are offered to the agent that may ask, and to no other', () => {
  expect(modelsMeta(linkTo(true))).toEqual({ 'roost.languageModels': true });
  expect(modelsMeta(linkTo(false))).toEqual({});
  expect(modelAnswers(linkTo(false), never, () => undefined)).toEqual([]);
});

it('answer in numbered parts, and say how many there were', async () => {
  const told: unknown[] = [];
  const answers = new Map(
    modelAnswers(linkTo(true), never, (method, params) => void told.push([method, params])),
  );
  const ask = (method: string, params: unknown): unknown => answers.get(method)?.(params, never);
  expect(await ask('_roost/lm/choose', { wanted: 'other' })).toEqual({ model: null });
  expect(await ask('_roost/lm/count', { modelId: 'm', text: 'x' })).toEqual({ tokens: null });
  const request = { requestId: 'r', modelId: 'm', messages: [], tools: [] };
  expect(await ask('_roost/lm/respond', request)).toEqual({ parts: 2, end: { kind: 'whole' } });
  expect(told).toEqual(
    ['a', 'b'].map((text, index) => [
      '_roost/lm/part',
      { requestId: 'r', index, part: { type: 'text', text } },
    ]),
  );
  await expect(ask('_roost/lm/respond', { requestId: 'r' })).rejects.toMatchObject({
    code: -32602,
  });
});
