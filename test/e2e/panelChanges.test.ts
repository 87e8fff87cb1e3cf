// What a session has changed, in its panel in a real browser: counted, listed, compared and taken back.
import { expect, it } from 'vitest';
import type { ChangedFile } from '../../src/chatProtocol/session.ts';
import type { PanelStage } from './support/panelStage.ts';
import { eachInPanel } from './support/panelSuite.ts';

let stage: PanelStage;
eachInPanel((set) => {
  stage = set;
});

const list: ChangedFile = {
  path: '/work/src/list.ts',
  name: 'list.ts',
  folder: 'src',
  kind: 'changed',
  lines: { added: 3, removed: 1 },
};
const made: ChangedFile = {
  path: '/work/new.txt',
  name: 'new.txt',
  folder: '',
  kind: 'created',
  lines: { added: 7, removed: 0 },
};
/** One whose earlier text was too large to keep. */
const huge: ChangedFile = { path: '/work/huge', name: 'huge', folder: '', kind: 'changed' };

/** How often the panel has asked which files differ. */
function asked(): number {
  return stage.said.filter(({ type }) => type === 'changes').length;
}

it('the files that a session changes are counted at once, and again when its turn has ended', async () => {
  const { page } = stage;
  const changes = page.locator('.changes');
  expect(await changes.isVisible()).toBe(false);
  expect(asked()).toBe(0);
  await stage.startTurn('go');
  stage.changes = [list];
  stage.say({ type: 'fileBefore', path: list.path, before: 'x' });
  await changes.getByText('1 file changed').waitFor();
  expect(await changes.locator('.changes-counts').innerText()).toMatch(/\+3\s*−1/);
  stage.changes = [list, made];
  stage.endTurn();
  await changes.getByText('2 files changed').waitFor();
  expect(await changes.locator('.changes-counts').innerText()).toMatch(/\+10\s*−1/);
  expect(asked()).toBe(2);
});

it('each is compared and taken back by its buttons, and gone when nothing of it is left', async () => {
  const { page } = stage;
  stage.changes = [list, made, huge];
  await stage.startTurn('go');
  stage.say({ type: 'fileBefore', path: list.path, before: 'x' });
  await page.getByRole('button', { name: '3 files changed' }).press('Enter');
  const row = page.locator('.change', { hasText: 'list.ts' });
  await row.getByRole('button', { name: 'list.ts', exact: true }).click();
  await page.locator('.change', { hasText: 'new.txt' }).getByText('new', { exact: true }).waitFor();
  const whatItWas = page.locator('.change', { hasText: 'huge' }).getByRole('button');
  expect(await whatItWas.evaluateAll((all) => all.every((one) => one.matches(':disabled')))).toBe(
    true,
  );
  stage.changes = [];
  await row.getByRole('button', { name: 'Make list.ts what it was before the session' }).click();
  await page.locator('.changes').waitFor({ state: 'hidden' });
  expect(stage.opened).toEqual([`change ${list.path}`, `revert ${list.path}`]);
});
