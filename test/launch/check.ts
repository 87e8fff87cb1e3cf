// `npm run check`: everything that is checked without running Roost, two programs at a time; each says what it has to say when it has ended.
import { runNpm } from './commands.ts';
import { interrupted, watchInterrupts } from './interrupt.ts';

/** Scripts of package.json, the longest first. */
const scripts = ['lint', 'typecheck', 'dead', 'deps', 'format:check'];

/** Two cores; each program keeps one of them busy. */
const atOnce = 2;

watchInterrupts();
const failed: string[] = [];
const queue = scripts.values();
const runner = async (): Promise<void> => {
  // Runners share the queue: each takes the next script when one has ended.
  for (const script of queue) {
    if (interrupted()) failed.push(script);
    else await check(script);
  }
};
await Promise.all(Array.from({ length: atOnce }, runner));
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}

async function check(script: string): Promise<void> {
  const began = performance.now();
  let said = '';
  const ending = await runNpm(['run', '--silent', script], {
    hear: (text) => {
      said += text;
    },
  });
  if (ending !== 0) failed.push(script);
  console.log(`${script}: ${Math.round((performance.now() - began) / 1000)} s\n${said}`.trimEnd());
}
