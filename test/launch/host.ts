// `npm run test:host`: the host suite on the oldest and newest server hosts, or with --desktop on desktop VS Code.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { failures, inWords, problem, sum, wentWrong, type Counts } from './counts.ts';
import { bundleHostTests, runHostSuite, type Target } from './hostSuite.ts';
import { hostNames, isHostName } from './hosts.ts';
import { interrupted, watchInterrupts } from './interrupt.ts';
import { root } from './paths.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: 'both' },
    desktop: { type: 'boolean', default: false },
    grep: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});

if (!values['no-build']) {
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
}
await bundleHostTests();
watchInterrupts();
const outcomes: Counts[] = [];
for (const target of targets()) {
  if (interrupted()) {
    outcomes.push(problem('Interrupted.'));
    break;
  }
  const name = target.kind === 'server' ? `server, ${target.host}` : `desktop, ${target.version}`;
  console.log(`\nVS Code (${name})`);
  const counts = await runHostSuite({ target, grep: values.grep });
  for (const text of wentWrong(counts)) {
    console.error(text);
  }
  console.log(`VS Code (${name}): ${inWords(counts)}`);
  outcomes.push(counts);
}
const total = sum(outcomes);
console.log(`\n${inWords(total)}`);
process.exitCode = failures(total) > 0 ? 1 : 0;

function targets(): Target[] {
  if (values.desktop) {
    return ['1.103.2', 'stable'].map((version) => ({ kind: 'desktop', version }));
  }
  if (values.host !== 'both' && !isHostName(values.host)) {
    throw new Error(`--host takes oldest, newest or both, not ${values.host}`);
  }
  return hostNames
    .filter((name) => values.host === 'both' || values.host === name)
    .map((host) => ({ kind: 'server', host }));
}
