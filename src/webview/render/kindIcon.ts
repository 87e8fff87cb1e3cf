// Which icon stands for which kind of tool.

const kindIcons: Readonly<Record<string, string>> = {
  read: 'book',
  edit: 'edit',
  delete: 'trash',
  move: 'arrow-swap',
  search: 'search',
  execute: 'terminal',
  think: 'lightbulb',
  fetch: 'globe',
  switch_mode: 'settings',
};

/** The icon of a kind of tool. */
export function kindIcon(kind: string): string {
  return kindIcons[kind] ?? 'tools';
}
