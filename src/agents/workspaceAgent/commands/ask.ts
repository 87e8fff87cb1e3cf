// `/ask`: shows how an agent asks with a form.
import { CreateElicitationResponse, methods } from '@agentclientprotocol/sdk';
import { inlineCode } from '../markdown.ts';
import { Problem, QuestionClosed } from '../problem.ts';
import type { Command } from './command.ts';

/** Asks for one value of each common kind and says what was answered. */
export const askCommand: Command = {
  name: 'ask',
  description: 'Show how an agent asks you with a form',
  async run(turn) {
    if (!turn.capabilities.elicitation?.form) {
      throw new Problem('This editor shows no forms.');
    }
    const answer = await turn.client.request(
      methods.client.elicitation.create,
      {
        sessionId: turn.sessionId,
        mode: 'form',
        message: 'How shall the new module be?',
        requestedSchema: {
          type: 'object',
          required: ['name'],
          properties: {
            name: { type: 'string', title: 'Name', minLength: 1, maxLength: 60 },
            language: {
              type: 'string',
              title: 'Language',
              oneOf: [
                { const: 'ts', title: 'TypeScript' },
                { const: 'js', title: 'JavaScript' },
              ],
              default: 'ts',
            },
            files: { type: 'integer', title: 'Files', minimum: 1, maximum: 20, default: 1 },
            tests: { type: 'boolean', title: 'With tests', default: true },
          },
        },
      },
      turn.requestOptions,
    );
    if (CreateElicitationResponse.isAccept(answer)) {
      const values = Object.entries(answer.content ?? {});
      await turn.say(
        `You answered:\n\n${values.map(([name, value]) => `- ${name}: ${inlineCode(String(value))}\n`).join('')}`,
      );
    } else if (answer.action === 'cancel') {
      throw new QuestionClosed('The form was closed.');
    } else {
      await turn.say('You declined to answer, which is fine.');
    }
  },
};
