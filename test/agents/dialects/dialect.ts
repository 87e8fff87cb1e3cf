// What every interface of a model is for the scripted server: how a request is read and an answer written.
import type { Answer, Asked } from '../script.ts';

/** One event of a stream of server-sent events. */
export interface StreamEvent {
  readonly event?: string;
  readonly data: unknown;
}

/** One interface of a model. */
export interface Dialect {
  /** Whether a POST to this path is its. */
  matches(path: string): boolean;
  /** @throws ZodError when the body is no request of it */
  read(body: unknown): Asked;
  /** Whether the answer is wanted in pieces. */
  streams(path: string, body: unknown): boolean;
  /** The answer in pieces. */
  events(next: Answer, gone: () => boolean): AsyncIterable<StreamEvent>;
  /** The answer at once; an endless one is not asked for so. */
  whole(next: Answer): unknown;
}

/** Whether a request's body has `stream` set. */
export function wantsStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'stream' in body && body.stream === true;
}

/** The text of an answer that is given at once. */
export function textOf(next: Answer): string {
  return next.kind === 'text' ? next.text : '';
}
