// One window with one client in it: activated, a session begun and ended, ten held at once, and the extension host killed.
import { mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { megabytesOf } from '../../agents/memory.ts';
import {
  markedProcesses,
  processesNaming,
  signal,
  waitForEnd,
  type RunningProcess,
} from '../../launch/processes.ts';
import type { ServerHost } from '../../launch/serverHost.ts';
import { workbenchReady } from '../../launch/workbench.ts';
import { pictures } from '../../e2e/support/roostWindow.ts';
import { activationTimes } from '../runningExtensions.ts';
import { within, type DriverSocket } from './driver.ts';
import { acceptFirst, clickInPage, type Peer, type PeerWindow } from './peers.ts';

/** How many sessions are held at once, by a client that can. */
const many = 10;

/** Time for what was ended to be gone; what is there after it counts as left. Longer than the five seconds that clients give an agent. */
const leftAfterMs = 7000;

/** Where a round takes place. */
export interface RoundPlace {
  readonly browser: Browser;
  readonly server: ServerHost;
  readonly drivers: DriverSocket;
  /** The editor's own folder: what runs from there is the editor. */
  readonly editor: string;
  /** Where the client is installed: what runs from there is its own, also with an environment of its own. */
  readonly extensions: string;
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
export function measureRound(id: string, peer: Peer, place: RoundPlace): Promise<RoundFigures> {
  return inWindow(id, place, async (page, window) => {
    const { displayName } = peer;
    const activation = await activationTimes(page, [displayName]);
    await window.driver.execute('workbench.action.closeAllEditors');
    const sessions = await measureSessions(peer, place, window);
    return { activationMs: activation[displayName] ?? Number.NaN, ...sessions };
  });
}

/** Fills the caches of editor and client: a window in which one session begins. */
export function warmUp(id: string, peer: Peer, place: RoundPlace): Promise<void> {
  return inWindow(id, place, async (_, window) => {
    const started = peer.start(window);
    await untilSessions(place.log, 1);
    await started;
  });
}

/** Opens a window in which the client is active; closes it afterwards and ends all that came of it. A picture shows what went wrong. */
async function inWindow<T>(
  id: string,
  place: RoundPlace,
  work: (page: Page, window: PeerWindow) => Promise<T>,
): Promise<T> {
  const { server, browser, log } = place;
  writeFileSync(log, '');
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  page.setDefaultTimeout(60_000);
  const before = processesBefore(place);
  try {
    const payload = [['extensionDevelopmentPath', server.uriOf(place.driver)]] as const;
    await page.goto(server.urlOf(place.workspace, payload));
    await workbenchReady(page);
    const driver = await place.drivers.next();
    await driver.activate(id);
    return await work(page, {
      driver,
      accept: (text) => acceptFirst(page, text),
      click: (selector) => clickInPage(page, selector),
    });
  } catch (error) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `peers-${id}.png`) });
    throw error;
  } finally {
    await page.context().close();
    for (const { pid } of server.extensionHosts()) signal(pid, 'SIGKILL');
    // Where the host was killed, the editor may have begun another, and that host agents.
    await endWhatIsLeft(startedBySessions(before, place), 0);
  }
}

async function measureSessions(
  peer: Peer,
  place: RoundPlace,
  window: PeerWindow,
): Promise<Omit<RoundFigures, 'activationMs'>> {
  const { server, log } = place;
  const before = processesBefore(place);
  const memory = megabytesOf(before);
  let begun: RunningProcess[] = [];
  const crew = (): Crew => {
    begun = startedBySessions(before, place);
    const agents = agentsAmong(begun, log).length;
    const megabytes = megabytesOf([...before, ...begun]) - memory;
    return { agents, own: begun.length - agents, megabytes };
  };
  const begin = async (): Promise<{ took: number; started: unknown }> => {
    const began = performance.now();
    const starting = peer.start(window);
    await untilSessions(log, 1);
    const took = performance.now() - began;
    return { took, started: await starting };
  };

  const { took: connectMs, started } = await begin();
  const one = crew();

  let leftAfterStop: number | undefined;
  if (peer.stop !== undefined) {
    const agents = agentsAmong(begun, log);
    await peer.stop(window, started);
    leftAfterStop = (await endWhatIsLeft(agents)).length;
    writeFileSync(log, '');
    await begin();
  }

  for (let count = 2; peer.another !== undefined && count <= many; count += 1) {
    const next = peer.another(window);
    await untilSessions(log, count);
    await next;
  }
  const all = crew();

  for (const { pid } of server.extensionHosts()) signal(pid, 'SIGKILL');
  const left = await endWhatIsLeft(begun);
  return {
    connectMs,
    one,
    ...(leftAfterStop === undefined ? {} : { leftAfterStop }),
    ...(peer.another === undefined ? {} : { ten: all }),
    afterDeath: { left: left.length, of: begun.length },
  };
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

/** What runs below the server before there is a session; what the client has begun in advance counts as begun for its sessions. */
function processesBefore({ mark, extensions }: RoundPlace): RunningProcess[] {
  return markedProcesses(mark).filter(({ command }) => !command.includes(extensions));
}

/** All that runs below the server or from the client's own files. */
function processesOf({ mark, extensions }: RoundPlace): RunningProcess[] {
  const all = [...markedProcesses(mark), ...processesNaming(extensions)];
  return [...new Map(all.map((one) => [one.pid, one])).values()];
}

/** Processes that were not there before, without the editor's own: it starts helpers when it likes. */
function startedBySessions(before: readonly RunningProcess[], place: RoundPlace): RunningProcess[] {
  const known = new Set(before.map(({ pid, started }) => `${pid} ${started}`));
  return processesOf(place).filter(
    ({ pid, started, command }) =>
      !known.has(`${pid} ${started}`) &&
      !command.includes(place.editor) &&
      !/^(\S*\/)?git /.test(command),
  );
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
