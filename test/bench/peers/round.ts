// One window with one client in it: activated, a session begun and ended, ten held at once, and the extension host killed.
import { mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { megabytesOf } from '../../agents/memory.ts';
import {
  markedProcesses,
  signal,
  waitForEnd,
  type RunningProcess,
} from '../../launch/processes.ts';
import type { ServerHost } from '../../launch/serverHost.ts';
import { workbenchReady } from '../../launch/workbench.ts';
import { pictures } from '../../e2e/support/roostWindow.ts';
import { activationTimes } from '../runningExtensions.ts';
import { within, type DriverSocket } from './driver.ts';
import { acceptFirst, type Peer } from './peers.ts';

/** How many sessions are held at once, by a client that can. */
export const many = 10;

/** Time for what was ended to be gone; what is there after it counts as left. Longer than the five seconds that clients give an agent. */
const leftAfterMs = 7000;

/** Where a round takes place. */
export interface RoundPlace {
  readonly browser: Browser;
  readonly server: ServerHost;
  readonly drivers: DriverSocket;
  /** The editor's own folder: what runs from there is the editor. */
  readonly editor: string;
  /** Path of the driver extension. */
  readonly driver: string;
  readonly workspace: string;
  /** What every process below the server carries in its environment. */
  readonly mark: string;
  /** Where the agents write what they are asked; the path stands in their command lines. */
  readonly log: string;
}

/** Processes that are there because of sessions. */
export interface Crew {
  /** Agents, and what they have started. */
  readonly agents: number;
  /** Others that the client itself has started. */
  readonly own: number;
  /** What all of them and the extension host have gained, in MB. */
  readonly megabytes: number;
}

/** What one round has found out; what is missing could not be done by a program. */
export interface RoundFigures {
  readonly activationMs: number;
  /** From the command until the agent is asked for a session. */
  readonly connectMs: number;
  readonly one: Crew;
  /** Of the agent and what it has started, how many are there seven seconds after the stop. */
  readonly leftAfterStop?: number;
  readonly ten?: Crew;
  /** Of all that was there when the host was killed, how many are there seven seconds later. */
  readonly afterDeath: { readonly left: number; readonly of: number };
}

/** Takes a client through a round. Whatever it leaves is ended. */
export async function measureRound(
  id: string,
  peer: Peer,
  place: RoundPlace,
): Promise<RoundFigures> {
  const { server, browser, log } = place;
  writeFileSync(log, '');
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  page.setDefaultTimeout(60_000);
  const before: RunningProcess[] = [];
  /** What is there because of sessions: the editor starts helpers of its own when it likes. */
  const sinceThen = (): RunningProcess[] =>
    newSince(before, markedProcesses(place.mark)).filter(
      ({ command }) => !command.includes(place.editor) && !/^(\S*\/)?git /.test(command),
    );
  let begun: RunningProcess[] = [];
  try {
    const payload = [['extensionDevelopmentPath', server.uriOf(place.driver)]] as const;
    await page.goto(server.urlOf(place.workspace, payload));
    await workbenchReady(page);
    const driver = await place.drivers.next();
    const window = { driver, accept: (text: string) => acceptFirst(page, text) };
    await driver.activate(id);
    const activation = await activationTimes(page, [peer.displayName]);
    await driver.execute('workbench.action.closeAllEditors');

    before.push(...markedProcesses(place.mark));
    const memory = megabytesOf(before);
    const crew = (): Crew => {
      begun = sinceThen();
      const agents = agentsAmong(begun, log).length;
      const megabytes = megabytesOf([...before, ...begun]) - memory;
      return { agents, own: begun.length - agents, megabytes };
    };

    const began = performance.now();
    let started = peer.start(window);
    await untilSessions(log, 1);
    const connectMs = performance.now() - began;
    let result: unknown = await started;
    const one = crew();

    let leftAfterStop: number | undefined;
    if (peer.stop !== undefined) {
      const agents = agentsAmong(begun, log);
      await peer.stop(window, result);
      leftAfterStop = (await endWhatIsLeft(agents)).length;
      writeFileSync(log, '');
      started = peer.start(window);
      await untilSessions(log, 1);
      result = await started;
    }

    let ten: Crew | undefined;
    if (peer.another !== undefined) {
      for (let count = 2; count <= many; count += 1) {
        const next = peer.another(window);
        await untilSessions(log, count);
        await next;
      }
      ten = crew();
    } else {
      crew();
    }

    for (const { pid } of server.extensionHosts()) signal(pid, 'SIGKILL');
    const left = await endWhatIsLeft(begun);
    return {
      activationMs: activation[peer.displayName] ?? Number.NaN,
      connectMs,
      one,
      ...(leftAfterStop === undefined ? {} : { leftAfterStop }),
      ...(ten === undefined ? {} : { ten }),
      afterDeath: { left: left.length, of: begun.length },
    };
  } catch (error) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `peers-${id}.png`) });
    throw error;
  } finally {
    await page.context().close();
    for (const { pid } of server.extensionHosts()) signal(pid, 'SIGKILL');
    // The editor may have begun another host in the meantime, and that host agents.
    await endWhatIsLeft(sinceThen(), 0);
  }
}

/** Waits for processes to end; returns those that have not, once they are ended. */
async function endWhatIsLeft(
  processes: readonly RunningProcess[],
  deadlineMs = leftAfterMs,
): Promise<RunningProcess[]> {
  const left = await waitForEnd(processes, deadlineMs);
  for (const { pid } of left) signal(pid, 'SIGKILL');
  await waitForEnd(left, leftAfterMs);
  return left;
}

/** Processes that were not there before. */
function newSince(
  before: readonly RunningProcess[],
  now: readonly RunningProcess[],
): RunningProcess[] {
  const known = new Set(before.map(({ pid, started }) => `${pid} ${started}`));
  return now.filter(({ pid, started }) => !known.has(`${pid} ${started}`));
}

/** The agents by the log in their command lines, wrapped in a shell or not, and all that is below them. */
function agentsAmong(processes: readonly RunningProcess[], log: string): RunningProcess[] {
  const found = processes.filter(({ command }) => command.includes(log));
  for (const parent of found) {
    found.push(...processes.filter((one) => one.parent === parent.pid && !found.includes(one)));
  }
  return found;
}

/** Resolves when agents have been asked for this many sessions. */
async function untilSessions(log: string, count: number): Promise<void> {
  const enough = (): boolean =>
    readFileSync(log, 'utf8').split('"method":"session/new"').length > count;
  const over = new AbortController();
  try {
    await within(
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (enough()) resolve();
        };
        watch(log, { signal: over.signal }, look);
        look();
      }),
      `session ${count}`,
    );
  } finally {
    over.abort();
  }
}
