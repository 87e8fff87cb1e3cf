// The page of a panel: strict, and nothing that a session is called can change it.
import { expect, it } from 'vitest';
import { panelPage } from '../../../src/host/panel/panelPage.ts';

const page = panelPage({
  script: 'https://host/panel.js',
  styles: ['https://host/a.css'],
  source: "'self' https://host",
  nonce: 'N0nce',
  sessionId: 'abc',
  language: 'en',
  title: '"><script>alert(1)</script>',
});

it('allows one script, its own styles and fonts, and nothing else', () => {
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
  expect(policy).toBe(
    "default-src 'none'; script-src 'nonce-N0nce'; style-src 'self' https://host; " +
      "font-src 'self' https://host; base-uri 'none'; form-action 'none'",
  );
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page).not.toMatch(/style="|<style|onload|unsafe/);
});

it('names the session for the script', () => {
  expect(page).toContain('<body data-session-id="abc">');
});
