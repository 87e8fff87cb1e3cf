// Keeps values that only an agent may know out of the log of the wire.

/** Shorter ones would blacken half of every line, and are no secrets. */
const shortest = 6;

/** Takes what is said on the wire, line by line. */
export type WireLog = (direction: 'in' | 'out', line: string) => void;

/** Values that a log must not show. */
export class SecretMask {
  readonly #values = new Set<string>();

  constructor(values: Iterable<string>) {
    this.add(values);
  }

  /** From now on these are masked, too. */
  add(values: Iterable<string>): void {
    for (const value of values) {
      if (value.length < shortest) continue;
      // An agent may quote it within a text that is JSON itself.
      this.#values.add(inJson(inJson(value))).add(inJson(value));
    }
  }

  /** The log of the wire, while there is one, with every secret masked. */
  tracer(log: (() => WireLog | undefined) | undefined): (() => WireLog | undefined) | undefined {
    if (log === undefined) return undefined;
    return () => {
      const write = log();
      return write === undefined
        ? undefined
        : (direction, line) => {
            write(direction, this.mask(line));
          };
    };
  }

  /** A line of JSON with every secret replaced. */
  mask(line: string): string {
    let masked = line;
    for (const value of this.#values) masked = masked.replaceAll(value, '***');
    return masked;
  }
}

/** As it stands within a JSON string. */
function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
