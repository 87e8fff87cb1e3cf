// Sessions that another window has open: looked at again until that window has let go of them, and then this one's to go on with.
import type { Disposable } from './event.ts';
import { toSessionError } from './errors.ts';
import { fromPlain } from './entry.ts';
import type { HeldSessions } from './heldSessions.ts';
import type { SessionState } from './state.ts';
import type { DomainDeps } from './supervisorDeps.ts';

/** A window that is being reloaded ends its agents within seconds, while the next one is there already. */
const firstLookMs = 500;
const lastLookMs = 30_000;

/** Takes sessions over. Nothing runs while no other window has any. */
export class TakeOver implements Disposable {
  readonly #deps: Pick<DomainDeps, 'clock' | 'logger' | 'registry' | 'store'>;
  readonly #held: HeldSessions;
  readonly #onTaken: (sessionId: string, state: SessionState) => Promise<void>;
  readonly #subscription: Disposable;
  #timer: Disposable | undefined;
  #delayMs = firstLookMs;
  #disposed = false;

  /** @param onTaken called when a session is this window's, with its state as it was found; a failure is logged */
  constructor(
    deps: Pick<DomainDeps, 'clock' | 'logger' | 'registry' | 'store'>,
    held: HeldSessions,
    onTaken: (sessionId: string, state: SessionState) => Promise<void>,
  ) {
    this.#deps = deps;
    this.#held = held;
    this.#onTaken = onTaken;
    this.#subscription = held.foundElsewhere.event(() => {
      this.watch();
    });
  }

  /** Looks soon, then at growing distances. Call when a session that another window has open has come into the list, was found to be, or is looked at. */
  watch(): void {
    this.#delayMs = firstLookMs;
    this.#schedule();
  }

  dispose(): void {
    this.#disposed = true;
    this.#subscription.dispose();
    this.#timer?.dispose();
  }

  #elsewhere(): readonly string[] {
    return this.#held
      .all()
      .filter(({ readOnly }) => readOnly === 'ownedElsewhere')
      .map(({ supervisor }) => supervisor.sessionId);
  }

  #schedule(): void {
    this.#timer?.dispose();
    if (this.#disposed || this.#elsewhere().length === 0) return;
    this.#timer = this.#deps.clock.after(this.#delayMs, () => void this.#look());
    this.#delayMs = Math.min(this.#delayMs * 2, lastLookMs);
  }

  async #look(): Promise<void> {
    for (const sessionId of this.#elsewhere()) {
      try {
        await this.#lookAt(sessionId);
      } catch (error) {
        const { code, message } = toSessionError(error);
        // Deleted there, or brought over to another folder.
        if (code === 'savedSessionUnknown') this.#held.drop(sessionId);
        this.#deps.logger.debug(`${sessionId} is not taken over: ${message}`);
      }
    }
    this.#schedule();
  }

  async #lookAt(sessionId: string): Promise<void> {
    const { clock, logger, registry, store } = this.#deps;
    const stored = await store.load(sessionId);
    if (this.#disposed || stored.kind !== 'whole' || stored.readOnly !== undefined) return;
    const { state } = stored;
    // What the other window has made of it since.
    registry.update(sessionId, () =>
      fromPlain({ session_id: sessionId, state }, clock.monotonic()),
    );
    this.#held.release(sessionId);
    logger.info(`${sessionId}: the other window has let go of it`);
    await this.#onTaken(sessionId, state);
    this.#held.fireChanged(sessionId);
  }
}
