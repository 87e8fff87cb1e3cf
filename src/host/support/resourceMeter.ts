// What sessions cost: measured when somebody looks, in words that fit a tooltip. No editor.
import type { Clock } from '../../session/clock.ts';
import type { Machine, ResourceUse } from '../../session/ports.ts';
import type { SessionInfo } from '../../session/info.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { Fact } from '../list/sessionFacts.ts';
import type { Translate } from '../translate.ts';

/** What a session, or all of them, cost at one moment. */
export interface Measured extends ResourceUse {
  /** Of one processor, since the measurement before; `undefined` when that cannot be said. */
  readonly cpuPercent: number | undefined;
}

/** Without an earlier measurement the use of the processor is that of so long a moment, in milliseconds. */
const momentMs = 400;

/** An earlier measurement says something about "now" for so long. */
const freshMs = 60_000;

/** Earlier measurements that are remembered; people look at few rows. */
const remembered = 20;

/** Measures. One per window. */
export class ResourceMeter {
  readonly #machine: Pick<Machine, 'useOf'>;
  readonly #clock: Clock;
  readonly #earlier = new Map<string, { readonly at: number; readonly cpuMs: number }>();

  constructor(deps: { readonly machine: Pick<Machine, 'useOf'>; readonly clock: Clock }) {
    this.#machine = deps.machine;
    this.#clock = deps.clock;
  }

  /** Measures a session, or all of them; takes part of a second when it was not measured a moment ago. */
  async measure(sessionId?: string): Promise<Measured> {
    const key = sessionId ?? '';
    const earlier = this.#earlier.get(key);
    const age = earlier === undefined ? Infinity : this.#clock.monotonic() - earlier.at;
    if (age < momentMs || age > freshMs) {
      const first = await this.#look(sessionId);
      if (first.processes === 0) return { ...first, cpuPercent: undefined };
      await new Promise<void>((resolve) => {
        this.#clock.after(momentMs, resolve);
      });
    }
    const before = this.#earlier.get(key);
    const use = await this.#look(sessionId);
    const now = this.#earlier.get(key);
    if (before === undefined || now === undefined) return { ...use, cpuPercent: undefined };
    // Less than before: a process has ended, and its time with it.
    const spent = use.cpuMs - before.cpuMs;
    const passed = now.at - before.at;
    return { ...use, cpuPercent: spent < 0 || passed <= 0 ? undefined : (100 * spent) / passed };
  }

  /** Memory and processes alone: one look, no waiting. */
  async use(): Promise<ResourceUse> {
    return this.#machine.useOf();
  }

  async #look(sessionId: string | undefined): Promise<ResourceUse> {
    const use = await this.#machine.useOf(sessionId);
    const key = sessionId ?? '';
    this.#earlier.delete(key);
    this.#earlier.set(key, { at: this.#clock.monotonic(), cpuMs: use.cpuMs });
    for (const oldest of this.#earlier.keys()) {
      if (this.#earlier.size <= remembered) break;
      this.#earlier.delete(oldest);
    }
    return use;
  }
}

/** A size as a person reads it: "340 MB", "1.2 GB". */
export function sizeText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}

/** Memory and processes in one phrase. */
export function memoryText({ rssBytes, processes }: ResourceUse, t: Translate): string {
  return processes === 1
    ? t('{0} in 1 process', sizeText(rssBytes))
    : t('{0} in {1} processes', sizeText(rssBytes), processes);
}

/** Processor use in one phrase. */
export function cpuText({ cpuMs, cpuPercent }: Measured, t: Translate): string {
  const sum = `${(cpuMs / 1000).toFixed(cpuMs < 10_000 ? 1 : 0)} s`;
  if (cpuPercent === undefined) return t('{0} so far', sum);
  return t('{0} % now, {1} so far', Math.round(cpuPercent), sum);
}

/** What a session costs now, as lines of its tooltip; what cannot be found out is left out. */
export async function costFacts(
  deps: { readonly meter: ResourceMeter; readonly sessions: Pick<Sessions, 'saved'> },
  { sessionId, processAlive }: Pick<SessionInfo, 'sessionId' | 'processAlive'>,
  t: Translate,
): Promise<Fact[]> {
  const [use, saved] = await Promise.all([
    processAlive ? deps.meter.measure(sessionId).catch(() => undefined) : undefined,
    deps.sessions.saved(sessionId).catch(() => undefined),
  ]);
  const facts: Fact[] = [];
  if (use !== undefined && use.processes > 0) {
    facts.push({ name: t('Memory'), value: memoryText(use, t) });
    facts.push({ name: t('Processor'), value: cpuText(use, t) });
  }
  if (saved !== undefined) facts.push({ name: t('On disk'), value: sizeText(saved.bytes) });
  return facts;
}
