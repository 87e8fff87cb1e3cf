// What the scripted model is told by a prompt and does next, in the terms of no interface.
import * as z from 'zod';

/**
 * What a prompt can ask for, as its last line that begins so:
 * `say: TEXT` is answered with the text; `run: COMMAND` and `write: NAME TEXT` are answered with a call
 * of the agent's tool for it and, once there is a result, with `result: ` and the result; `use: TOOL JSON`
 * is answered so with a call of that very tool; `recall:` is
 * answered with every `token-…` that stands in what the model was shown; `talk:` is answered with words
 * until the agent hangs up.
 */
type Script =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'write'; readonly name: string; readonly text: string }
  | { readonly kind: 'use'; readonly tool: string; readonly args: Record<string, unknown> }
  | { readonly kind: 'recall' }
  | { readonly kind: 'talk' };

/** One step of an answer, in the terms of no interface. */
export type Answer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly tool: string; readonly args: Record<string, unknown> }
  | { readonly kind: 'endless' };

/** One thing that was said to the model, or that a tool gave back. */
export interface Said {
  readonly by: 'user' | 'tool' | 'other';
  readonly text: string;
}

/** A request to the model, whatever the interface it came by. */
export interface Asked {
  readonly said: readonly Said[];
  /** The tools that the model may call. */
  readonly tools: readonly Tool[];
}

/** A tool, as far as the script needs to know it. */
export interface Tool {
  readonly name: string;
  /** Names of its arguments: some agents refuse a call with one more. */
  readonly accepts: readonly string[];
}

const parameters = z.looseObject({ properties: z.looseObject({}).optional() });

/** A tool from its name and the JSON schema of its arguments. */
export function tool(name: string, schema: unknown): Tool {
  const parsed = parameters.safeParse(schema);
  return { name, accepts: Object.keys(parsed.data?.properties ?? {}) };
}

/** What the model does next, by the last thing the user asked for and what tools have given since. */
export function answer({ said, tools }: Asked, folder: string): Answer {
  // Agents also have small things done, a title above all; then they offer no tools.
  if (tools.length === 0) return { kind: 'text', text: 'A title' };
  const at = said.findLastIndex(({ by, text }) => by === 'user' && scriptOf(text) !== undefined);
  const script = scriptOf(said[at]?.text ?? '');
  if (script === undefined) return { kind: 'text', text: 'Nothing was asked.' };
  switch (script.kind) {
    case 'say':
      return { kind: 'text', text: script.text };
    case 'talk':
      return { kind: 'endless' };
    case 'recall': {
      const tokens = said.flatMap(({ text }) => text.match(/token-\w+/gu) ?? []);
      return { kind: 'text', text: `seen: ${[...new Set(tokens)].join(' ')}` };
    }
    case 'run':
    case 'write':
    case 'use':
  }
  // Some agents say the prompt again behind a tool's result: what came since it was first said counts.
  const first = said.findIndex(({ by, text }) => by === 'user' && same(scriptOf(text), script));
  const result = said.slice(first + 1).find(({ by }) => by === 'tool');
  if (result !== undefined) return { kind: 'text', text: `result: ${result.text}` };
  if (script.kind === 'use') return { kind: 'call', tool: script.tool, args: script.args };
  return script.kind === 'run'
    ? toolCall(tools, shells(script.command))
    : toolCall(tools, writers(`${folder}/${script.name}`, script.text));
}

function same(left: Script | undefined, right: Script): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function scriptOf(text: string): Script | undefined {
  // Some agents put a tag around what the user said.
  const lines = /(?:^|>)[ \t]*(say|run|write|use|recall|talk):[ \t]*([^\n]*?)(?=<\/|$)/gmu;
  const [, kind, rest = ''] = [...text.matchAll(lines)].at(-1) ?? [];
  const argument = rest.trim();
  switch (kind) {
    case 'say':
      return { kind, text: argument };
    case 'run':
      return { kind, command: argument };
    case 'write': {
      const [name = '', ...words] = argument.split(' ');
      return { kind, name, text: words.join(' ') };
    }
    case 'use': {
      const at = argument.indexOf(' ');
      const args = z.record(z.string(), z.unknown()).parse(JSON.parse(argument.slice(at)));
      return { kind, tool: argument.slice(0, at), args };
    }
    case 'recall':
    case 'talk':
      return { kind };
    case undefined:
    default:
      return undefined;
  }
}

type Shapes = Readonly<Record<string, Record<string, unknown>>>;

/** Arguments of the shell tools there are; where an agent needs to be asked for the right to be asked, they do. */
function shells(command: string): Shapes {
  const why = { description: 'Runs what was asked for' };
  const escalated = {
    sandbox_permissions: 'require_escalated',
    justification: 'the test needs it',
  };
  return {
    bash: { command, ...why },
    Bash: { command, ...why },
    run_command: { command },
    run_shell_command: { command, is_background: false, ...why },
    run_commands: { commands: [command] },
    exec_command: { cmd: command, ...escalated },
    shell_command: { command, ...escalated },
    shell: { command: ['/bin/sh', '-c', command], ...escalated },
  };
}

/** Arguments of the tools that write a file. */
function writers(path: string, text: string): Shapes {
  return {
    Write: { file_path: path, path, content: text },
    write: { filePath: path, path, content: text },
    write_file: { file_path: path, file: path, content: text, text },
    create: { path, file_text: text },
    apply_patch: {
      input: `*** Begin Patch\n*** Add File: ${path}\n+${text}\n*** End Patch`,
    },
    editor: { command: 'create', path, file_text: text, new_text: text },
  };
}

/** A call of the first tool that the agent has, with the arguments that it takes. */
function toolCall(tools: readonly Tool[], shapes: Shapes): Answer {
  for (const [name, all] of Object.entries(shapes)) {
    const has = tools.find((one) => one.name === name);
    if (has === undefined) continue;
    const args = Object.entries(all).filter(([key]) => has.accepts.includes(key));
    return { kind: 'call', tool: name, args: Object.fromEntries(args) };
  }
  const names = tools.map(({ name }) => name);
  return { kind: 'text', text: `no tool for it among ${names.join(', ')}` };
}

/** How long the endless answer waits between words: often enough to be a stream, seldom enough to be cheap. */
const wordMs = 20;

/** The text of an answer in pieces; the endless one ends when `gone` says that nobody listens any more. */
export async function* textPieces(next: Answer, gone: () => boolean): AsyncIterable<string> {
  if (next.kind === 'text') yield* next.text.match(/[^]{1,12}/gu) ?? [];
  if (next.kind !== 'endless') return;
  for (let word = 1; !gone(); word += 1) {
    yield `word-${word} `;
    await new Promise((resolve) => setTimeout(resolve, wordMs));
  }
}

let calls = 0;

/** Tool calls of one agent are told apart by their ids, over all its turns. */
export function callId(): string {
  calls += 1;
  return `call_${calls}`;
}
