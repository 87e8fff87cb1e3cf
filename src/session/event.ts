// A minimal typed event: one throwing listener never keeps the others from hearing.

/** Something that is ended by `dispose`; disposing twice does nothing. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener; structurally the same as an editor event. */
export type Event<T> = (listener: (event: T) => void) => Disposable;

/** Fires an event to its listeners in the order they subscribed. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<{ readonly run: (event: T) => void }>();
  readonly #onListenerError: (error: unknown) => void;
  #disposed = false;

  /** @param onListenerError told of each exception a listener throws; the remaining listeners still run */
  constructor(onListenerError: (error: unknown) => void = () => undefined) {
    this.#onListenerError = onListenerError;
  }

  /** Subscribe; a listener added while an event is being delivered hears the next one. */
  readonly event: Event<T> = (listener) => {
    const held = { run: listener };
    if (!this.#disposed) this.#listeners.add(held);
    return { dispose: () => void this.#listeners.delete(held) };
  };

  /** Whether anybody listens: lets a caller skip building an expensive event. */
  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  /** Calls every listener; never throws. */
  fire(event: T): void {
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.has(listener)) continue;
      try {
        listener.run(event);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#listeners.clear();
  }
}
