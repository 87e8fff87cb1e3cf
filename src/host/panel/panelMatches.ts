// Which paths fit what somebody has typed, best first: names before folders, beginnings before middles, letters in order last; before anything is typed, the topmost.

/** At most `limit` of the paths that fit a query, best first; equally good ones by length. Without a query by depth. */
export function bestMatches(paths: readonly string[], query: string, limit: number): string[] {
  const wanted = query.toLowerCase();
  if (wanted === '') {
    const depth = (path: string): number => path.split('/').length;
    return paths.toSorted((a, b) => depth(a) - depth(b) || a.length - b.length).slice(0, limit);
  }
  return paths
    .flatMap((path) => {
      const score = matchScore(path.toLowerCase(), wanted);
      return score === undefined ? [] : [{ path, score }];
    })
    .sort((a, b) => a.score - b.score || a.path.length - b.path.length)
    .slice(0, limit)
    .map(({ path }) => path);
}

/** How well a path fits, 0 being best; `undefined` when it does not. Both in lower case. */
function matchScore(path: string, wanted: string): number | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(wanted)) return 2;
  if (path.includes(wanted)) return 3;
  let at = -1;
  for (const letter of wanted) {
    at = path.indexOf(letter, at + 1);
    if (at < 0) return undefined;
  }
  return 4;
}
