// What axe-core finds wrong with a page, or with a part of it.
import axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';

/** What of axe's own API is used here. */
interface Axe {
  run(
    context: unknown,
    options: unknown,
  ): Promise<{
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  }>;
}

/**
 * Everything it objects to in a page: `rule: element, reason`. In a `part` it looks only within one element, and not for
 * what is named there.
 */
export async function findings(
  page: Page | Frame,
  part: { readonly within?: string; readonly except?: readonly string[] } = {},
): Promise<string[]> {
  const { within = ':root', except = [] } = part;
  // As a debugger would: the page's own policy allows no script but its own.
  await page.evaluate(axe.source);
  const rules = Object.fromEntries(except.map((rule) => [rule, { enabled: false }]));
  const asked = { selector: within, options: { resultTypes: ['violations'], rules } };
  return page.evaluate(async ({ selector, options }) => {
    const { axe: inPage } = window as unknown as { readonly axe: Axe };
    const { violations } = await inPage.run(selector, options);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
  }, asked);
}
