// The page of a conversation panel: no inline style, no inline script, nothing from anywhere but Roost's own folder.

/** Where the page finds its parts, as addresses that the panel may load. */
export interface PanelPageParts {
  readonly script: string;
  readonly styles: readonly string[];
  /** The source that styles and fonts may come from. */
  readonly source: string;
  /** Random, for one page only. */
  readonly nonce: string;
  readonly sessionId: string;
  readonly language: string;
  readonly title: string;
  /** For a page that is given its words with itself. */
  readonly words?: Readonly<Record<string, string>>;
}

/** The whole page as text. */
export function panelPage(parts: PanelPageParts): string {
  const { script, styles, source, nonce, sessionId, language, title, words } = parts;
  const said = words === undefined ? '' : ` data-words="${escapeAttribute(JSON.stringify(words))}"`;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    `font-src ${source}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${styles.map((style) => `<link rel="stylesheet" href="${escapeAttribute(style)}">`).join('\n')}
<title>${escapeAttribute(title)}</title>
</head>
<body data-session-id="${escapeAttribute(sessionId)}"${said}>
<main id="panel"></main>
<script type="module" nonce="${nonce}" src="${escapeAttribute(script)}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
