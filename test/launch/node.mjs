// Loaded before every script here, so that a Node too old for TypeScript files says so instead of stumbling over the first one.

/** The oldest Node that runs TypeScript files as they are. */
const needed = [22, 18];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `Roost's tooling needs Node ${needed.join('.')} or newer; this is ${process.version}.\n` +
      'On Linux, Windows and Intel Macs `npm ci` brings one that every `npm run` uses. Elsewhere, or if optional ' +
      'dependencies were left out, install a current Node.',
  );
  process.exit(1);
}
