// `npm test`: check, build, then every tier of tests; the last line is the plain total. `--only TIER[,TIER]` runs some tiers alone.
import { parseArgs } from 'node:util';
import { runNpm } from './commands.ts';
import { failures, inWords, problem, sum, wentWrong, type Counts } from './counts.ts';
import { interrupted, watchInterrupts } from './interrupt.ts';
import { tiers, type Tier } from './tiers.ts';
import { makeVsix } from './vsix.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const say = (line: string): void => {
  console.log(line);
};

watchInterrupts();
const outcomes: { name: string; counts: Counts; seconds: number }[] = [];
const chosen = choose(values.only);
if ((values.only !== undefined || (await step('check', check))) && (await step('build', build))) {
  for (const tier of chosen) {
    if (interrupted()) {
      await step('interrupted', () => Promise.resolve(problem('The other tiers did not run.')));
      break;
    }
    if (tier.present()) {
      await step(tier.name, () => tier.run());
    } else {
      say(`\n== ${tier.name}: no tests yet`);
    }
  }
}
say('');
for (const { name, counts, seconds } of outcomes) {
  say(`${name}: ${inWords(counts)} in ${seconds} s`);
  for (const text of wentWrong(counts)) {
    say(`  ${text}`);
  }
}
const total = sum(outcomes.map(({ counts }) => counts));
process.exitCode = failures(total) > 0 ? 1 : 0;
say(inWords(total));

function choose(only: string | undefined): readonly Tier[] {
  const names = only?.split(',');
  const unknown = names?.filter((name) => !tiers.some((tier) => tier.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(
      `No tier ${unknown.join(', ')}; there are ${tiers.map(({ name }) => name).join(', ')}.`,
    );
  }
  return tiers.filter(({ name }) => names?.includes(name) ?? true);
}

/** Runs one step and keeps its outcome; whatever it throws is its failure. Says whether all went well. */
async function step(name: string, run: () => Promise<Counts>): Promise<boolean> {
  say(`\n== ${name}`);
  const began = performance.now();
  let counts: Counts;
  try {
    counts = await run();
  } catch (error) {
    counts = problem(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  outcomes.push({ name, counts, seconds: Math.round((performance.now() - began) / 1000) });
  return failures(counts) === 0;
}

async function check(): Promise<Counts> {
  const ending = await runNpm(['run', '--silent', 'check']);
  return ending === 0 ? sum([]) : problem(`npm run check ended with ${ending}`);
}

/** What is tested in the editor is what users get: the production build, packed. */
async function build(): Promise<Counts> {
  await makeVsix();
  return sum([]);
}
