// `/help`, and the answer to anything that is not a command.
import type { Turn } from '../turn.ts';
import type { Command } from './command.ts';

/** Lists the commands it is given. */
export function helpCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    description: 'Say what each command does',
    async run(turn) {
      await turn.say(listed(commands()));
    },
  };
}

/** Answers ordinary text: friendly, short, and with what can be done instead. */
export async function answerText(turn: Turn, commands: readonly Command[]): Promise<void> {
  await turn.say(
    'I am the Workspace agent. I have no language model behind me, so I cannot answer questions, ' +
      'but I can work in this folder for you:\n\n',
  );
  await turn.say(listed(commands));
  await turn.say(
    '\nWith a model I answer questions, too: start Ollama on this machine, or set the address of a ' +
      'server in `roost.workspaceAgent.url`.\n',
  );
}

/** Answers a slash command that does not exist. */
export async function answerUnknown(
  turn: Turn,
  name: string,
  commands: readonly Command[],
): Promise<void> {
  await turn.say(`There is no command \`/${name}\`. These are there:\n\n`);
  await turn.say(listed(commands));
}

function listed(commands: readonly Command[]): string {
  return commands
    .map(({ name, hint, description }) => {
      const usage = hint === undefined ? `/${name}` : `/${name} ${hint}`;
      return `- \`${usage}\`: ${description}\n`;
    })
    .join('');
}
