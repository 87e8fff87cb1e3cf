// An agent's text that tries to be more than text, in the panel of a real window: it runs nothing, loads nothing, and leads nowhere.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Request } from 'playwright-core';
import { expect, it } from 'vitest';
import { hostileTexts } from '../support/hostileTexts.ts';
import type { SuiteWindow } from '../support/windowSuite.ts';

/** What a script would do that ran: in a panel of the editor nobody sees an alert. */
const trace = 'document.documentElement.dataset.ran=1';

const texts = hostileTexts.map(
  ([name, text]) => [name, text.replaceAll('alert(1)', trace)] as const,
);

/** More steps than this through all of them are no end. */
const mostSteps = 1200;

/** A title that turns what follows round, hides a part, looks like markup, an icon and a link, and has no end. */
function hostileTitle(name: string): string {
  const unseen = '\u2066\u200b\u061c\u3164\u00ad\u0007\n';
  const markup = `<img src=x onerror=${trace}> $(bell) [Allow](command:workbench.action.quit)`;
  return `${name} \u202etxt.exe${unseen}${markup} ${'x'.repeat(10_000)}`;
}

/** Commands of the scripted agent that say a text in every way that an agent has. */
function saying(text: string): string[] {
  const content = { type: 'text', text };
  const long = text.length > 5000;
  return [
    { sessionUpdate: 'agent_message_chunk', content },
    { sessionUpdate: 'agent_thought_chunk', content },
    {
      sessionUpdate: 'tool_call',
      toolCallId: text.slice(0, 100),
      title: text,
      kind: text.slice(0, 100),
      status: 'completed',
      rawInput: { text },
      locations: long ? [] : [{ path: text }],
      content: [
        { type: 'content', content },
        ...(long ? [] : [{ type: 'diff', path: text, oldText: text, newText: `${text}x` }]),
      ],
    },
    { sessionUpdate: 'plan', entries: [{ content: text, priority: 'medium', status: 'pending' }] },
    { sessionUpdate: 'notice', severity: 'warning', title: text },
  ].map((update) => `update ${JSON.stringify(update)}`);
}

/** Tests in the window that is open. `host` is its name, for pictures. */
export function hostile(suite: () => SuiteWindow, host: string): void {
  it('shows hostile text as text: no script, no request, no button of the agent’s', async () => {
    const { roost, scratch } = suite();
    const { page, panel } = roost;
    const script = join(scratch, 'hostile.txt');
    writeFileSync(
      script,
      [...texts.flatMap(([, text]) => saying(text)), 'say At last.'].join('\n'),
    );
    const asked: string[] = [];
    const listen = (request: Request): void => {
      asked.push(request.url());
    };
    page.on('request', listen);
    const address = page.url();
    await roost.commandWith('Roost: New Session With…', 'Setting');
    await panel.locator('.title', { hasText: 'Setting' }).waitFor();
    await roost.send(`file ${script}`);
    await panel.getByRole('log').getByText('At last.').waitFor();
    // From its first entry to its last, each opened where it opens.
    const made = await panel.locator('body').evaluate(async (_, steps) => {
      const transcript = document.querySelector('.transcript');
      if (transcript === null) throw new Error('no transcript');
      const shown = new Set<string>();
      const bad = new Set<string>();
      const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);
      const see = (): void => {
        for (const entry of transcript.querySelectorAll<HTMLElement>('.entry')) {
          shown.add(entry.dataset['entryId'] ?? '');
        }
      };
      const isAtEnd = (): boolean =>
        transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < 2;
      let step = 0;
      // So much text is not all loaded at once.
      const older = document.querySelector('.older');
      for (; older?.checkVisibility() === true && step < steps; step += 1) {
        transcript.scrollTop = 0;
        await frame();
      }
      // What a page brings comes to stand above the view.
      transcript.scrollTop = 0;
      for (let over = false; !over; step += 1) {
        if (step === steps) {
          const { scrollTop, scrollHeight } = transcript;
          const folded = transcript.querySelectorAll('[aria-expanded=false]').length;
          throw new Error(
            `no end after ${step} steps: at ${scrollTop} of ${scrollHeight}, ${folded} still folded, ${shown.size} entries seen`,
          );
        }
        await frame();
        over = isAtEnd();
        // At the end what opens moves the view with it: these are seen now.
        see();
        for (const folded of transcript.querySelectorAll<HTMLElement>('[aria-expanded=false]')) {
          folded.click();
          over = false;
        }
        await frame();
        await frame();
        see();
        const wrong = document.querySelectorAll(
          'script:not([nonce],#_vscodeApiScript),iframe,object,embed,svg,img,video,audio,form,style:not([id=_defaultStyles]),base,meta[http-equiv=refresh],.transcript [href],.transcript [src],[style*=url],[onclick],[onerror],[onload],[srcdoc],[id=x],.markdown .button,.markdown input,.markdown button[type=submit],.plain-text *',
        );
        for (const element of wrong) bad.add(element.outerHTML.slice(0, 200));
        transcript.scrollTop += transcript.clientHeight;
      }
      return {
        bad: [...bad],
        steps: step,
        shown: shown.size,
        frames: window.frames.length,
        ran: document.documentElement.dataset['ran'],
      };
    }, mostSteps);
    console.log(`hostile texts: ${made.shown} entries in ${made.steps} steps`);
    const counts = { steps: expect.any(Number) as number, shown: expect.any(Number) as number };
    expect(made).toEqual({ bad: [], ...counts, frames: 0 });
    expect(made.shown).toBeGreaterThan(texts.length * 4);
    await roost.picture(`${host}-panel-9b-hostile`);
    page.off('request', listen);
    expect(asked.filter((url) => /\bevil\b|\ba\.test|pixel/.test(url))).toEqual([]);
    expect(page.url()).toBe(address);
  });

  it('shows a hostile title as one plain line: row, tab, window, notification; and as what it is in the panel', async () => {
    const { roost, scratch } = suite();
    const { page, panel } = roost;
    const title = hostileTitle('Hostile');
    const asked = hostileTitle('Asked');
    const script = join(scratch, 'titles.txt');
    const flag = join(scratch, 'titles-go');
    const wait = ['sh', '-c', `until [ -e '${flag}' ]; do sleep 0.1; done`];
    const update = { sessionUpdate: 'session_info_update', title };
    const once = asked.replaceAll('\n', ' ');
    writeFileSync(
      script,
      [
        `update ${JSON.stringify(update)}`,
        `terminal-args ${JSON.stringify(wait)}`,
        `permit ${once}`,
      ].join('\n'),
    );
    await roost.send(`file ${script}`);
    const row = roost.row(/^Hostile/);
    await row.waitFor();
    const tab = page.locator('.tab.active');
    await tab.filter({ hasText: 'Hostile' }).waitFor();
    // What nobody can see has a name here.
    await panel.locator('.title', { hasText: 'Hostile ⟨U+202E⟩txt.exe' }).waitFor();
    await roost
      .row(/^usage/)
      .first()
      .click();
    await panel.locator('.title', { hasText: 'usage' }).waitFor();
    writeFileSync(flag, '');
    const told = await roost.notification(/Hostile.* asks: Asked/);
    await roost.picture(`${host}-panel-9c-hostile-title`);
    const lines = [
      await row.locator('.label-name').innerText(),
      await row.locator('.label-description').innerText(),
      (await row.getAttribute('aria-label')) ?? '',
      (await told.locator('.notification-list-item-message').textContent()) ?? '',
    ];
    // The two links are those that answer: the agent's own is none.
    const answers = await told.getByRole('link').allTextContents();
    expect(answers.map((text) => text.replaceAll(/\s/g, ' '))).toEqual(['✓ Allow', '✕ Reject']);
    await roost.hideNotifications();
    await row.click();
    const card = panel.locator('.card.permission');
    await card.locator('.card-title-text', { hasText: 'Asked ⟨U+202E⟩txt.exe' }).waitFor();
    await roost.picture(`${host}-panel-9d-hostile-request`);
    lines.push(
      await tab.locator('.label-name').innerText(),
      (await tab.getAttribute('aria-label')) ?? '',
      await page.title(),
    );
    for (const line of lines) {
      expect(line).toContain('txt.exe');
      expect(line).not.toMatch(/[\p{Cc}\p{Default_Ignorable_Code_Point}]/u);
      expect(line.length).toBeLessThan(800);
    }
    expect(await page.locator('.sidebar img, .tab img, .notifications-center img').count()).toBe(0);
    expect(await panel.locator('img').count()).toBe(0);
    // However long it is, what answers is in view.
    await card.getByRole('button', { name: 'Reject', exact: true }).click();
    await panel.getByRole('log').getByText('permission: no').waitFor();
  });

  it('follows no link to a script, a command or data, and no file outside the workspace', async () => {
    const { roost } = suite();
    const { panel, page } = roost;
    const tabs = await page.locator('.tabs-container .tab').count();
    const refused = panel.locator('.banner-error');
    const links: readonly (readonly [string, string])[] = [
      ['vscode://roost.roost/x', 'links of this kind'],
      ['/etc/passwd', 'Outside the workspace'],
      ['../../outside.txt', 'Outside the workspace'],
    ];
    const noLinks = [
      'command:workbench.action.terminal.new',
      'javascript:alert(1)',
      'data:text/html,x',
    ];
    await roost.send(
      [
        ...links.map(([address], at) => `say [link ${at}](${address}) `),
        ...noLinks.map((address) => `say [no link](${address}) `),
      ].join('\n'),
    );
    const answer = panel.locator('.entry.agent', { hasText: '[no link](data:text/html,x)' });
    await answer.waitFor();
    expect(await answer.locator('a').allTextContents()).toEqual(links.map((_, at) => `link ${at}`));
    for (const [at, [, why]] of links.entries()) {
      await panel.locator('a.link', { hasText: `link ${at}` }).click();
      await refused.filter({ hasText: why }).waitFor();
      await refused.getByRole('button', { name: 'Dismiss' }).click();
      await refused.waitFor({ state: 'detached' });
    }
    expect(await page.locator('.tabs-container .tab').count()).toBe(tabs);
    expect(await page.locator('.terminal-outer-container:visible').count()).toBe(0);
  });
}
