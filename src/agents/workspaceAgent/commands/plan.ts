// `/plan`: looks over the folder in steps and shows the plan as each is done.
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { setImmediate as nextRound } from 'node:timers/promises';
import type { PlanEntry } from '@agentclientprotocol/sdk';
import { FileWalk, type FoundFile } from '../fileWalk.ts';
import { count, inlineCode } from '../markdown.ts';
import type { Turn } from '../turn.ts';
import type { Command } from './command.ts';

interface SizedFile extends FoundFile {
  readonly bytes: number;
}

/** What the report shows of each ranking. */
const mostShown = 5;

/** Surveys the folder; the steps are small but real. */
export const planCommand: Command = {
  name: 'plan',
  description: 'Look over this folder step by step, with a plan that ticks',
  async run(turn) {
    const steps = new Steps(turn, [
      'Find the files of this folder',
      'Add up their sizes',
      'Rank the kinds of file',
      'Name the largest files',
    ]);
    await turn.think('I find the files first, so that each later step works on the same list.');
    const files = await steps.step(async () => {
      const found: FoundFile[] = [];
      for await (const file of new FileWalk(turn.cwd, turn.signal).files()) found.push(file);
      return found;
    });
    const sized = await steps.step(() => withSizes(files, turn.signal));
    const total = sized.reduce((sum, { bytes }) => sum + bytes, 0);
    await turn.say(`${count(sized.length, 'file')}, ${readable(total)} together.\n\n`);
    const kinds = await steps.step(() => Promise.resolve(byKind(sized)));
    await turn.say(
      `| kind | files | size |\n| --- | --: | --: |\n${kinds
        .slice(0, mostShown)
        .map(
          ({ kind, files: amount, bytes }) =>
            `| ${inlineCode(kind)} | ${amount} | ${readable(bytes)} |\n`,
        )
        .join('')}\n`,
    );
    const largest = await steps.step(() =>
      Promise.resolve(
        sized.toSorted((left, right) => right.bytes - left.bytes).slice(0, mostShown),
      ),
    );
    await turn.say(
      largest
        .map(({ relative, bytes }) => `- ${inlineCode(relative)} ${readable(bytes)}\n`)
        .join(''),
    );
  },
};

/** A plan whose entries are done one after the other. */
class Steps {
  readonly #turn: Turn;
  readonly #contents: readonly string[];
  #done = 0;

  constructor(turn: Turn, contents: readonly string[]) {
    this.#turn = turn;
    this.#contents = contents;
  }

  /** Does the next step, shown as in progress before and as completed after. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    await this.#show(true);
    const result = await work();
    this.#done += 1;
    await this.#show(false);
    return result;
  }

  async #show(busy: boolean): Promise<void> {
    await this.#turn.plan(
      this.#contents.map((content, index): PlanEntry => {
        const now = busy && index === this.#done ? 'in_progress' : 'pending';
        return { content, priority: 'medium', status: index < this.#done ? 'completed' : now };
      }),
    );
  }
}

async function withSizes(files: readonly FoundFile[], signal: AbortSignal): Promise<SizedFile[]> {
  const sized: SizedFile[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const bytes = await stat(file.path).then(
      ({ size }) => size,
      () => undefined,
    );
    if (bytes !== undefined) sized.push({ ...file, bytes });
  }
  await nextRound();
  return sized;
}

function byKind(files: readonly SizedFile[]): { kind: string; files: number; bytes: number }[] {
  const kinds = new Map<string, { kind: string; files: number; bytes: number }>();
  for (const { relative, bytes } of files) {
    const kind = extname(relative) === '' ? 'other' : extname(relative);
    const known = kinds.get(kind) ?? { kind, files: 0, bytes: 0 };
    kinds.set(kind, { kind, files: known.files + 1, bytes: known.bytes + bytes });
  }
  return [...kinds.values()].sort((left, right) => right.bytes - left.bytes);
}

function readable(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(1)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
