// What a slash command is.
import type { Turn } from '../turn.ts';

/** A slash command. */
export interface Command {
  /** Without the slash. */
  readonly name: string;
  readonly description: string;
  /** What to write behind it; absent when nothing is needed. */
  readonly hint?: string;
  /**
   * Does it.
   * @param rest everything written behind the command's name
   * @throws Problem for what the user is to be told; the signal's reason when the turn is cancelled
   */
  run(turn: Turn, rest: string): Promise<void>;
}
