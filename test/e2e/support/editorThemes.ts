// The editor's own themes in a real window: changing to one, and waiting until the panel has its colours, too.
import type { RoostWindow } from './roostWindow.ts';

/** Themes of the editor, and what it calls their kind. */
const kinds = {
  'Dark Modern': 'vscode-dark',
  'Dark High Contrast': 'vscode-high-contrast',
  'Light Modern': 'vscode-light',
} as const;

/** Does something in each theme, with a panel in front. */
export async function inEachTheme(
  roost: RoostWindow,
  look: (theme: string) => Promise<void>,
): Promise<void> {
  const { page, panel } = roost;
  const input = page.locator('.quick-input-widget input[type="text"]');
  const choices = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Modern' });
  for (const [theme, kind] of Object.entries(kinds)) {
    await roost.command('Preferences: Color Theme');
    await choices.first().waitFor();
    await input.fill(theme);
    await input.press('Enter');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await panel.locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
    await look(theme.toLowerCase().replaceAll(' ', '-'));
  }
}
