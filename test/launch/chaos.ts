// `npm run test:chaos -- MINUTES [SEED]`: the chaos suite for as long as wanted, on both server hosts one after the other.
import { execFileSync } from 'node:child_process';
import { failures, inWords, sum, wentWrong, type Counts } from './counts.ts';
import { bundleHostTests, runHostSuite } from './hostSuite.ts';
import { hostNames } from './hosts.ts';
import { interrupted, watchInterrupts } from './interrupt.ts';
import { root } from './paths.ts';

const [minutes = '5', seed] = process.argv.slice(2);
process.env['ROOST_CHAOS_SECONDS'] = String(Number(minutes) * 60);
if (seed !== undefined) process.env['ROOST_CHAOS_SEED'] = seed;
// The suite's own deadline is meant for suites of seconds.
process.env['ROOST_HOST_DEADLINE_MINUTES'] = String(Number(minutes) + 10);

execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
await bundleHostTests();
watchInterrupts();
const outcomes: Counts[] = [];
for (const host of hostNames) {
  if (interrupted()) break;
  console.log(`\nChaos for ${minutes} min (server, ${host})`);
  const counts = await runHostSuite({ target: { kind: 'server', host }, grep: '^chaos' });
  for (const text of wentWrong(counts)) console.error(text);
  outcomes.push(counts);
}
const total = sum(outcomes);
console.log(`\n${inWords(total)}`);
process.exitCode = failures(total) > 0 ? 1 : 0;
