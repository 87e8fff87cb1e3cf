// The report of Roost: Doctor: what runs, what is saved, what is wrong and what mends it. No editor.
// It is in English whatever the editor's language, because it is made to be passed on.
import type { SavedSessionInfo } from '../../session/info.ts';
import type { Machine } from '../../session/ports.ts';
import type { SessionDetails, Sessions } from '../../session/sessions.ts';
import { plainLine } from '../plainText.ts';
import { sizeText } from './resourceMeter.ts';

/** What mends a finding. */
export type Repair = 'restart' | 'save' | 'cancel' | 'kill' | 'trash';

/** Something that is not as it should be. */
export interface Finding {
  readonly sessionId: string;
  readonly title: string;
  readonly what: string;
  readonly repair: Repair;
}

/** What an examination brought. */
export interface Examination {
  /** Markdown. */
  readonly report: string;
  readonly findings: readonly Finding[];
}

/** What is examined. */
export interface DoctorDeps {
  readonly sessions: Pick<Sessions, 'list' | 'details' | 'listSaved'>;
  readonly machine: Machine;
  /** Versions and places, in the order they are listed. */
  readonly about: Readonly<Record<string, string>>;
  /** Who has a session that another window owns; for a person to read. */
  readonly ownerOf: (sessionId: string) => Promise<string>;
  /** ISO 8601. */
  readonly at: string;
}

/** A live session and what the system says about it. */
interface Live {
  readonly details: SessionDetails;
  readonly pids: readonly number[];
  readonly rssBytes: number;
  readonly cpuMs: number;
}

/** Looks at everything. Ends what dead windows left behind, as every start does, and nothing else. */
export async function examineAll(deps: DoctorDeps): Promise<Examination> {
  const { sessions, machine } = deps;
  const all = sessions.list().map(({ sessionId }) => sessions.details(sessionId));
  const swept = await outcome(() => machine.sweep());
  const supervision = await outcome(() => machine.describe());
  const saved = await outcome(() => sessions.listSaved());
  const live: Live[] = [];
  for (const details of all) {
    if (!details.info.processAlive && details.info.status !== 'stopping') continue;
    const { sessionId } = details.info;
    const pids = await machine.pidsOf(sessionId).catch(() => []);
    const use = await machine.useOf(sessionId).catch(() => ({ rssBytes: 0, cpuMs: 0 }));
    live.push({ details, pids, ...use });
  }
  const findings = [...all.flatMap(findingsOf), ...damageIn(saved.value ?? [])];
  const locked = await Promise.all(
    all
      .filter(({ readOnly }) => readOnly === 'ownedElsewhere')
      .map(async ({ info }) => [info.title, await deps.ownerOf(info.sessionId)]),
  );
  const orphans =
    swept.value === undefined
      ? `Could not be looked for: ${swept.problem}`
      : `Found and ended now: ${swept.value.killed}, of ${swept.value.deadHosts} dead windows.`;
  const parts = [
    `# Roost Doctor\n\n${deps.at}`,
    section('Findings', findingsText(findings)),
    section('Live sessions', liveTable(live)),
    section('Left behind by dead windows', orphans),
    section('Saved sessions', savedText(saved)),
    section('Owned by other windows', table(['Session', 'Owner'], locked) || 'None.'),
    section('Supervision', pairs(supervision.value ?? { problem: supervision.problem })),
    section('Versions and places', pairs(deps.about)),
  ];
  return { report: `${parts.join('\n\n')}\n`, findings };
}

function findingsOf({ info, storageFailing, stalledSince }: SessionDetails): Finding[] {
  const { sessionId, title, status, error } = info;
  const found: Finding[] = [];
  const add = (what: string, repair: Repair): void => {
    found.push({ sessionId, title, what, repair });
  };
  if (status === 'crashed' || status === 'failed') {
    add(`${status}: ${error?.message ?? 'no reason is known'}`, 'restart');
  }
  if (storageFailing) add('something said is not on disk', 'save');
  if (stalledSince !== undefined) add(`its turn is silent since ${stalledSince}`, 'cancel');
  if (status === 'stopping') add('is being stopped', 'kill');
  return found;
}

function damageIn(saved: readonly SavedSessionInfo[]): Finding[] {
  return saved.flatMap(({ sessionId, title, damaged }) =>
    damaged === undefined
      ? []
      : [
          {
            sessionId,
            title: title || sessionId,
            what: `damaged: ${damaged}`,
            repair: 'trash' as const,
          },
        ],
  );
}

function findingsText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing is wrong.';
  return findings
    .map(({ title, what }) => `- **${harmless(title, 120)}** ${harmless(what, 400)}`)
    .join('\n');
}

function liveTable(live: readonly Live[]): string {
  if (live.length === 0) return 'None: no process of an agent runs.';
  return table(
    ['Session', 'Agent', 'Status', 'Process', 'Its tree', 'Memory', 'CPU so far'],
    live.map(({ details: { info }, pids, rssBytes, cpuMs }) => [
      info.title,
      info.agentId,
      info.status,
      String(info.pid ?? '-'),
      pids.length === 0 ? '-' : pids.join(' '),
      sizeText(rssBytes),
      `${(cpuMs / 1000).toFixed(1)} s`,
    ]),
  );
}

function savedText(saved: Outcome<readonly SavedSessionInfo[]>): string {
  if (saved.value === undefined) return `Could not be listed: ${saved.problem}`;
  const bytes = saved.value.reduce((sum, one) => sum + one.bytes, 0);
  const damaged = saved.value.filter((one) => one.damaged !== undefined).length;
  return `${saved.value.length} sessions, ${sizeText(bytes)}, ${damaged} damaged.`;
}

/** A value, or why there is none: one part that fails takes no other with it. */
interface Outcome<T> {
  readonly value: T | undefined;
  readonly problem: string;
}

async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work(), problem: '' };
  } catch (error) {
    return { value: undefined, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Text that means nothing in Markdown, and can still be read where it is pasted as it is. */
function harmless(text: string, max: number): string {
  return plainLine(text, max).replace(/[\\`*_[\]<>|!~#]/g, '\\$&');
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function pairs(facts: Readonly<Record<string, string>>): string {
  return table(
    ['', ''],
    Object.entries(facts).map(([name, value]) => [name, value]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map((cells) => line(cells.map((cell) => harmless(cell, 200)))),
  ].join('\n');
}
