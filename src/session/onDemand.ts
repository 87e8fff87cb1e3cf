// A part of Roost that is built when it is first needed, because activation has no use for it.

/** Builds its part once, with the first use. */
export class OnDemand<T> {
  readonly #build: () => Promise<T>;
  #building: Promise<T> | undefined;
  #built: { readonly part: T } | undefined;

  /** @param build called at most once, unless it fails: then the next use tries again */
  constructor(build: () => Promise<T>) {
    this.#build = build;
  }

  /** The part, if something has needed it before. */
  get built(): T | undefined {
    return this.#built?.part;
  }

  /** The part. Rejects as the building does. */
  async get(): Promise<T> {
    this.#building ??= this.#start();
    return this.#building;
  }

  /** Runs something with the part: before this returns when it is there, else as soon as it is. */
  async use<R>(run: (part: T) => R | Promise<R>): Promise<R> {
    return this.#built === undefined ? run(await this.get()) : run(this.#built.part);
  }

  async #start(): Promise<T> {
    try {
      const part = await this.#build();
      this.#built = { part };
      return part;
    } catch (error) {
      this.#building = undefined;
      throw error;
    }
  }
}

/** A value that is built with the first call and then kept. */
export function onFirstUse<T>(build: () => T): () => T {
  let built: { readonly value: T } | undefined;
  return () => (built ??= { value: build() }).value;
}
