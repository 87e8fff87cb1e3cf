// Keeps values that only an agent may know out of the log of the wire, and out of what is quoted of the agent's errors.

/** Shorter ones would blacken half of every line, and are no secrets. */
const shortest = 6;

/** Takes what is said on the wire, line by line. */
export type WireLog = (direction: 'in' | 'out', line: string) => void;

/** Values that a log must not show. */
export class SecretMask {
  readonly #values = new Set<string>();
  #longestFirst: readonly string[] = [];

  constructor(values: Iterable<string>) {
    this.add(values);
  }

  /** From now on these are masked, too. */
  add(values: Iterable<string>): void {
    for (const value of values) {
      if (value.length < shortest) continue;
      // An agent may quote it within a text that is JSON itself.
      this.#values
        .add(inJson(inJson(value)))
        .add(inJson(value))
        .add(value);
    }
    // A value that holds another one goes whole.
    this.#longestFirst = [...this.#values].sort((a, b) => b.length - a.length);
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

  /** A line of JSON, or any text, with every secret replaced. */
  mask(text: string): string {
    return this.#longestFirst.reduce((left, value) => left.replaceAll(value, '***'), text);
  }
}

/** As it stands within a JSON string. */
function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
