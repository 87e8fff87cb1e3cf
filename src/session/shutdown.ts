// The end of a window: everything is saved, then stopped, in a time that the editor is willing to wait.
import type { Clock } from './clock.ts';
import { isActive } from './entry.ts';
import type { HeldSession } from './heldSessions.ts';
import type { Logger } from './ports.ts';

/** What force may take of it, in milliseconds: the editor waits five seconds for everything. */
const forcedMs = 1500;

/** What a shutdown works with. */
interface ShutdownDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Saves each session, then stops it, politely for at most `graceMs` (milliseconds), then by force.
 * Resolves soon after that even where the disk or the system does not answer; never rejects.
 */
export async function stopAll(
  all: readonly HeldSession[],
  graceMs: number,
  { clock, logger }: ShutdownDeps,
): Promise<void> {
  const late = Promise.withResolvers<undefined>();
  const timers = [
    clock.after(graceMs, () => {
      // Their own stops, which these only hasten, say what went wrong.
      for (const { supervisor } of all) supervisor.stop('shutdown', true).catch(() => undefined);
    }),
    clock.after(graceMs + forcedMs, () => {
      logger.error('The shutdown took too long; what is not saved by now may be lost.');
      late.resolve(undefined);
    }),
  ];
  await Promise.race([Promise.all(all.map((held) => saveAndStop(held, logger))), late.promise]);
  for (const timer of timers) timer.dispose();
}

async function saveAndStop({ supervisor, readOnly }: HeldSession, logger: Logger): Promise<void> {
  const { sessionId } = supervisor;
  try {
    if (readOnly === undefined && isActive(supervisor.entry)) await supervisor.save();
  } catch (error) {
    logger.error(`${sessionId} could not be saved`, error);
  }
  try {
    await supervisor.stop('shutdown', false);
  } catch (error) {
    logger.error(`${sessionId} could not be stopped`, error);
  }
}
