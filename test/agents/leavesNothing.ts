// A product at work in a real window, its command running: stopped, killed, and its extension host killed; nothing of it may be left.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { installHost, type HostName } from '../launch/hosts.ts';
import { newRunMark, root, scratchFolder } from '../launch/paths.ts';
import { markedProcesses, signal, waitForEnd, type RunningProcess } from '../launch/processes.ts';
import { startServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { workbenchReady } from '../launch/workbench.ts';
import { until } from '../process/support/tags.ts';
import { HostDriver } from '../launch/hostDriver.ts';
import { ModelServer } from './modelServer.ts';
import { recipes, type RecipeId } from './recipeList.ts';
import { recipe } from './recipes.ts';

const say = (line: string): void => {
  console.log(line);
};

/** The ends a session can come to; each has its own agent, so that its processes can be told from the others'. */
const allEnds = ['stopped', 'killed', 'host-killed'] as const;
type End = (typeof allEnds)[number];

/** An agent, and the command of its turn. */
const processesEach = 2;

/** Tests of these products on these hosts, one window each. */
export function describeLeavesNothing(
  hosts: readonly HostName[],
  products: readonly RecipeId[],
  ends: readonly End[] = allEnds,
): void {
  let browser: Browser;
  const scratch = scratchFolder('leaves-nothing');

  beforeAll(async () => {
    browser = await launchBrowser(say);
  });

  afterAll(async () => {
    await browser.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  describe.each(hosts)('on the %s host', (host) => {
    it.each(products)(
      `%s with a command running leaves nothing: ${ends.join(', ')}`,
      async (id) => {
        await using model = await ModelServer.start();
        const marks = { stopped: newRunMark(), killed: newRunMark(), 'host-killed': newRunMark() };
        const { env, ...command } = await recipe(id, {
          home: join(scratch, `home-${id}`),
          modelUrl: model.url,
          report: say,
        });
        const agents = Object.fromEntries(
          ends.map((end) => [
            end,
            { ...command, name: recipes[id].product, env: { ...env, ...marks[end].env } },
          ]),
        );
        const folder = join(scratch, host, id, 'workspace');
        cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
        model.folder = folder;
        const driver = new HostDriver(join(scratch, host, id, 'driver'));
        const server = await startServerHost({
          host: await installHost(host, say),
          vsix: await freshVsix(say),
          settings: { 'roost.agents': agents },
        });
        const page = await browser.newPage();
        const of = (end: End): RunningProcess[] => markedProcesses(marks[end].id);
        try {
          const payload = ['extensionDevelopmentPath', server.uriOf(driver.folder)] as const;
          await page.goto(server.urlOf(folder, [payload]));
          await workbenchReady(page);
          const sessions = new Map<End, string>();
          for (const end of ends) {
            const config = { permissionMode: 'allowAll', restart: 'never' } as const;
            const { sessionId } = await driver.call('createSession', { agent: end, config });
            sessions.set(end, sessionId);
            // Ends with its session, and in the last case with the whole window.
            void driver
              .call('sendPrompt', sessionId, `run: touch ${id}.txt; tail -f /dev/null`)
              .catch(() => undefined);
          }
          for (const end of ends) {
            await until(
              `the command of the session to be ${end} runs`,
              () => of(end).some((one) => one.command === 'tail -f /dev/null'),
              120_000,
            );
          }

          for (const end of ends.filter((one) => one !== 'host-killed')) {
            const force = end === 'killed';
            const all = of(end);
            expect(all.length).toBeGreaterThanOrEqual(processesEach);
            const report = await driver.call('terminateSession', sessions.get(end) ?? '', {
              force,
            });
            expect(of(end)).toEqual([]);
            expect(await waitForEnd(all, 0)).toEqual([]);
            if (force) expect(report).toMatchObject({ signal: 'SIGKILL', forced: true });
            say(`${host}, ${id}, ${all.length} processes: ${JSON.stringify(report)}`);
          }

          const last = of('host-killed');
          expect(last.length).toBeGreaterThanOrEqual(processesEach);
          const began = performance.now();
          for (const { pid } of server.extensionHosts()) signal(pid, 'SIGKILL');
          expect(await waitForEnd(last, 20_000)).toEqual([]);
          const took = Math.round(performance.now() - began);
          say(`${host}, ${id}, ${last.length} processes gone ${took} ms after signal 9`);
          expect(of('host-killed')).toEqual([]);
        } finally {
          await page.close();
          await server.dispose();
          for (const end of ends) for (const { pid } of of(end)) signal(pid, 'SIGKILL');
        }
      },
    );
  });
}
