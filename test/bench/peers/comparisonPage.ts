// The table of docs/comparison.md: what the rounds of all clients come to, written between the page's two marks.
import { median } from '../benchRow.ts';
import { leftOut } from './peers.ts';
import type { RoundFigures } from './round.ts';

/** Everything that a run knows of one client. */
export interface Measured {
  readonly displayName: string;
  readonly version: string;
  readonly repository: string;
  /** Where its package came from, in words. */
  readonly origin: string;
  readonly sizeBytes: number;
  readonly remark?: string;
  readonly rounds: readonly RoundFigures[];
  /** Why its rounds could not be made. */
  readonly failure?: string;
}

/** Where and when a run was made. */
export interface Circumstances {
  /** The day, as in 2026-01-31. */
  readonly day: string;
  readonly editor: string;
  readonly machine: string;
  /** The same agent begun by the protocol's own client without an editor, in milliseconds. */
  readonly bareConnectMs: number;
}

const start = '<!-- comparison: written by npm run bench:peers -->';
const end = '<!-- end of comparison -->';

/** A page with the table between its two marks; the first client is the one that others are compared with. @throws when it has no marks */
export function withComparison(
  text: string,
  clients: readonly Measured[],
  circumstances: Circumstances,
): string {
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error('docs/comparison.md has no place for the table');
  const middle = comparison(clients, circumstances);
  return `${text.slice(0, from + start.length)}\n\n${middle}\n\n${text.slice(to)}`;
}

/** What stands where a figure could not be had. */
const none = '—';

function comparison(clients: readonly Measured[], circumstances: Circumstances): string {
  const [first] = clients;
  const base = first === undefined ? undefined : summary(first);
  const head = [
    'client',
    'VSIX',
    'activation',
    'connect',
    'left after stop',
    'left after the host’s death',
    'ten sessions: memory',
    'ten sessions: processes',
  ];
  const rows = clients.map((client) => {
    const own = summary(client);
    const relative = (value: number | undefined, of: number | undefined, unit: string): string =>
      client === first ? figure(value, unit) : withRatio(value, of, unit);
    return [
      `**${client.displayName}** ${client.version} (${client.repository})`,
      relative(client.sizeBytes / 1024, (first?.sizeBytes ?? 0) / 1024, 'KiB'),
      relative(own.activationMs, base?.activationMs, 'ms'),
      relative(own.connectMs, base?.connectMs, 'ms'),
      own.leftAfterStop,
      own.afterDeath,
      relative(own.tenMegabytes, base?.tenMegabytes, 'MB'),
      own.tenProcesses,
    ];
  });
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const remarks = clients.map(({ displayName, repository, origin, remark, failure }) =>
    `- **${displayName}** (${repository}): ${origin}. ${[remark, failure].filter(Boolean).join(' ')}`.trimEnd(),
  );
  const counted = Math.max(0, ...clients.map(({ rounds }) => rounds.length));
  const { day, editor, machine, bareConnectMs } = circumstances;
  return [
    `Measured on ${day} in ${editor} on ${machine}. ${counted === 1 ? 'One round' : `Medians of ${counted} rounds`}; in brackets the ratio to ${first?.displayName ?? none}.`,
    `Without an editor, the protocol’s own client begins a session with the same agent in ${figure(bareConnectMs, 'ms')}.`,
    '',
    ...table,
    '',
    ...remarks,
    '',
    'Not measured:',
    '',
    ...leftOut.map(({ clients, reason }) => `- ${clients}: ${reason}.`),
  ].join('\n');
}

interface Summary {
  readonly activationMs: number | undefined;
  readonly connectMs: number | undefined;
  readonly tenMegabytes: number | undefined;
  readonly tenProcesses: string;
  readonly leftAfterStop: string;
  readonly afterDeath: string;
}

function summary({ rounds }: Measured): Summary {
  const middle = (of: (round: RoundFigures) => number | undefined): number | undefined => {
    const values = rounds.flatMap((round) => of(round) ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  const stopLeft = middle(({ leftAfterStop }) => leftAfterStop);
  const agents = middle(({ one }) => one.agents);
  const deathLeft = middle(({ afterDeath }) => afterDeath.left);
  const deathOf = middle(({ afterDeath }) => afterDeath.of);
  const tenAgents = middle(({ ten }) => ten?.agents);
  const tenOwn = middle(({ ten }) => ten?.own);
  return {
    activationMs: middle(({ activationMs }) => activationMs),
    connectMs: middle(({ connectMs }) => connectMs),
    tenMegabytes: middle(({ ten }) => ten?.megabytes),
    tenProcesses: tenAgents === undefined ? none : `${tenAgents} + ${tenOwn ?? 0} of its own`,
    leftAfterStop: stopLeft === undefined ? none : `${stopLeft} of ${agents ?? none}`,
    afterDeath: deathLeft === undefined ? none : `${deathLeft} of ${deathOf ?? none}`,
  };
}

function figure(value: number | undefined, unit: string): string {
  return value === undefined || Number.isNaN(value)
    ? none
    : `${Math.round(value).toLocaleString('en')} ${unit}`;
}

function withRatio(value: number | undefined, of: number | undefined, unit: string): string {
  const text = figure(value, unit);
  if (text === none || value === undefined || of === undefined || of === 0) return text;
  return `${text} (${(value / of).toFixed(value / of < 10 ? 1 : 0)})`;
}
