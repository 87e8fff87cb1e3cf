// What grows in the conversation panel while an agent writes, in a real browser: it looks as if it had come whole, and what was there stays.
import { expect, it } from 'vitest';
import type { PanelStage } from './support/panelStage.ts';
import { eachInPanel } from './support/panelSuite.ts';

let stage: PanelStage;
eachInPanel((set) => {
  stage = set;
});

/** Does something that the panel is told of, and waits until it shows that. */
async function shown(act: () => void): Promise<void> {
  const told = (): number => stage.said.filter(({ type }) => type === 'applied').length;
  const before = told();
  act();
  await expect.poll(told, { interval: 5 }).toBeGreaterThan(before);
}

/** Pieces of a text, of a few lengths in turn, so that everything in it is cut somewhere. */
function pieces(text: string): string[] {
  const cuts: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const length = [1, 7, 2, 13, 23, 5][turn % 6] ?? 1;
    cuts.push(text.slice(at, at + length));
    at += length;
  }
  return cuts;
}

/** The markup of what a selector finds, and that of the page that is opened anew. */
async function bothMarkups(selector: string): Promise<readonly [string, string]> {
  const element = stage.page.locator(selector);
  const grown = await element.innerHTML();
  await stage.hide();
  await stage.show();
  // A page without colours loads them first.
  if (grown.includes('hljs-')) await element.locator('[class^="hljs-"]').first().waitFor();
  return [grown, await element.innerHTML()];
}

/** Marks the first of the elements that a selector finds. */
async function mark(selector: string): Promise<void> {
  await stage.page
    .locator(selector)
    .first()
    .evaluate((element) => Object.assign(element, { marked_: true }));
}

async function isMarked(selector: string): Promise<boolean> {
  return stage.page
    .locator(selector)
    .first()
    .evaluate((element) => 'marked_' in element);
}

const mixed = `A line with **bold
words**, \`code\` and [a link][one]. Then
a heading
---
- one
- two *and* more
  1. within
  2. it
- three

- loose from here on

> quoted [site](https://example.invalid/a "title")
> - a list
>   in it

| a | b |
| - | :-: |
| 1 | **2** |
| 3 | ![picture](p.png) |

    indented

\`\`\`ts
export const one = \`text \${two}\`; /* a comment
that goes on */ const three = 'x';
\`\`\`

7) seven
8) eight

The **end**.`;

// An address that comes after its link makes all of it be read once more, in the end.
it.each([
  ['a text', mixed],
  ['a text with a late address', `${mixed}\n\n[one]: https://example.invalid/one\n`],
])('shows %s that comes in pieces as it shows one that comes whole', async (_, text) => {
  await stage.startTurn('go');
  // So that the colours are there from the first line of code on.
  stage.write('```ts\nlet a;\n```\n');
  await stage.page.locator('.hljs-keyword').waitFor();
  for (const piece of pieces(text)) {
    await shown(() => {
      stage.write(piece);
    });
  }
  await shown(() => {
    stage.endTurn();
  });
  await stage.page.waitForSelector('.stop', { state: 'hidden' });
  const [grown, whole] = await bothMarkups('.entry.agent .markdown');
  expect(grown.includes('https://example.invalid/one')).toBe(text !== mixed);
  expect(grown).toBe(whole);
});

it.each([
  ['list', '- item **bold**\n', 'li'],
  ['table', '| cell | `code` |\n', 'tbody tr'],
  ['code', 'const one = 1;\n', '.code pre .hljs-keyword'],
  ['long line', 'words **bold** `code` ', 'strong'],
])('leaves what was there of a growing %s where it is', async (shape, line, selector) => {
  const head = { table: '| a | b |\n| - | - |\n', code: '```ts\n' }[shape] ?? '';
  await stage.startTurn('go');
  stage.write(head + line.repeat(3));
  await stage.page.locator(selector).first().waitFor();
  await mark(selector);
  const count = await stage.page.locator(selector).count();
  await shown(() => {
    stage.write(line.repeat(3));
  });
  await expect.poll(() => stage.page.locator(selector).count()).toBeGreaterThan(count);
  expect(await isMarked(selector)).toBe(true);
});

it('shows the output of a command in pieces as it shows it whole, and moves on without building it anew', async () => {
  const terminalId = 't';
  const toolCallId = 'c';
  const content = [{ type: 'terminal', terminalId } as const];
  const patch = { toolCallId, title: 'Test', kind: 'execute', status: 'in_progress', content };
  await stage.startTurn('go');
  stage.say({ type: 'terminal', terminalId, command: 'npm test' });
  stage.say({ type: 'toolCall', patch });
  const put = (data: string): Promise<void> =>
    shown(() => {
      stage.say({ type: 'terminalOutput', terminalId, data });
    });
  const text =
    '\u001b[32mgreen\u001b[0m\n\n\nplain \u001b[1;41mred\nstill\u001b[0m\n5%\r10%\n\nab\bc';
  for (const piece of pieces(text)) await put(piece);
  const first = await bothMarkups('.terminal-output');
  expect(first[0]).toContain('green');
  expect(first[0]).toBe(first[1]);
  // More than is shown at once: the window over it moves.
  const lines = (from: number, count: number): string =>
    Array.from(
      { length: count },
      (_, at) => `\u001b[3${at % 8}mline ${from + at}\u001b[0m rest\n`,
    ).join('');
  await put(lines(0, 1500));
  const last = stage.page.locator('.text-line', { hasText: /^line 1400 rest/ });
  await last.evaluate((element) => Object.assign(element, { marked_: true }));
  await put(lines(1500, 300));
  await stage.page.locator('.text-line', { hasText: /^line 1799 rest/ }).waitFor();
  expect(await last.evaluate((element) => 'marked_' in element)).toBe(true);
  const [moved, anew] = await bothMarkups('.terminal-output');
  expect(moved).toBe(anew);
  const copied = await stage.page.locator('.terminal-output code').evaluate((element) => {
    getSelection()?.selectAllChildren(element);
    return getSelection()?.toString();
  });
  expect(copied).toContain('line 1700 rest\nline 1701 rest\n');
});
