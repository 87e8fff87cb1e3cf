// Failures that a command tells the user about, and how to word any failure for them.
import { RequestError } from '@agentclientprotocol/sdk';

/** Something the user can understand and mostly change; its message is shown as it is. */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** The turn ends as cancelled although nobody sent `session/cancel`: the client closed a question. */
export class QuestionClosed extends Error {
  override readonly name = 'QuestionClosed';
}

/** JSON-RPC code of a resource that is not there. */
const resourceNotFound = -32002;

/** Whether the client says that what it was asked for is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof RequestError && error.code === resourceNotFound;
}

/** One sentence for the user about anything that was thrown. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
