// Requests of an agent that wait for the user: each is answered once, by whoever comes first, and gone everywhere at once.
import { SessionError } from './errors.ts';
import type { ElicitationAnswer, ElicitationAsk, PermissionAsk } from './agentPort.ts';
import type { PendingRequestDetails } from './sessions.ts';

interface Held {
  readonly details: PendingRequestDetails;
  /** Settles the agent's promise: the request is over without an answer. */
  readonly cancel: () => void;
  readonly answerPermission?: (optionId: string | undefined) => void;
  readonly answerElicitation?: (answer: ElicitationAnswer) => void;
}

/** The open requests of one session, oldest first. */
export class PendingRequests {
  readonly #held = new Map<string, Held>();
  readonly #nextId: () => string;
  #closed = false;
  readonly #onChange: () => void;

  /** @param onChange called after the set of open requests has changed */
  constructor(nextId: () => string, onChange: () => void) {
    this.#nextId = nextId;
    this.#onChange = onChange;
  }

  /** How many wait. */
  get size(): number {
    return this.#held.size;
  }

  /** What waits, oldest first. */
  list(): readonly PendingRequestDetails[] {
    return [...this.#held.values()].map((held) => held.details);
  }

  /** Asks for permission; resolves with the option, or `undefined` when cancelled by anyone. */
  permission(ask: PermissionAsk, title: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#hold<string | undefined>(signal, undefined, (requestId, settle) => ({
      details: {
        requestId,
        kind: 'permission',
        title,
        options: ask.options.map(({ optionId, name, kind }) => ({ optionId, name, kind })),
        ask,
      },
      cancel: () => {
        settle(undefined);
      },
      answerPermission: settle,
    }));
  }

  /** Asks a question. */
  elicitation(ask: ElicitationAsk, signal: AbortSignal): Promise<ElicitationAnswer> {
    return this.#hold<ElicitationAnswer>(signal, { action: 'cancel' }, (requestId, settle) => ({
      details: { requestId, kind: 'elicitation', title: ask.message, options: [], ask },
      cancel: () => {
        settle({ action: 'cancel' });
      },
      answerElicitation: settle,
    }));
  }

  /** Answers a permission request. @throws SessionError `requestUnknown`, `invalidArgument` */
  respondToPermission(requestId: string, optionId: string | undefined): void {
    const held = this.#get(requestId);
    if (optionId === undefined) {
      held.cancel();
      return;
    }
    const offered = held.details.options.map((option) => option.optionId);
    if (held.answerPermission === undefined || !offered.includes(optionId)) {
      throw new SessionError(
        'invalidArgument',
        `Request "${requestId}" has no option "${optionId}".`,
        {
          hint: `It offers: ${offered.join(', ') || 'none'}.`,
        },
      );
    }
    held.answerPermission(optionId);
  }

  /** Answers the permission requests that `decide` has an option for. */
  reconsider(decide: (ask: PermissionAsk) => string | undefined): void {
    for (const held of [...this.#held.values()]) {
      if (held.details.kind !== 'permission') continue;
      const optionId = decide(held.details.ask);
      if (optionId !== undefined) held.answerPermission?.(optionId);
    }
  }

  /** Answers a question. @throws SessionError `requestUnknown`, `invalidArgument` */
  respondToElicitation(requestId: string, answer: ElicitationAnswer): void {
    const held = this.#get(requestId);
    if (held.answerElicitation === undefined) {
      throw new SessionError('invalidArgument', `Request "${requestId}" asks for permission.`);
    }
    held.answerElicitation(answer);
  }

  /** A page that the agent asked the user to visit has done its work. */
  completeElicitation(elicitationId: string): void {
    for (const held of [...this.#held.values()]) {
      const { details } = held;
      if (details.kind === 'elicitation' && details.ask.elicitationId === elicitationId) {
        held.answerElicitation?.({ action: 'accept' });
      }
    }
  }

  /** Cancels everything that waits, and whatever is asked from now on, until {@link open}. */
  close(): void {
    this.#closed = true;
    this.cancelAll();
  }

  /** Requests may wait again: an agent is being started. */
  open(): void {
    this.#closed = false;
  }

  /** Cancels everything that waits. */
  cancelAll(): void {
    for (const held of [...this.#held.values()]) held.cancel();
  }

  #get(requestId: string): Held {
    const held = this.#held.get(requestId);
    if (held === undefined) {
      throw new SessionError('requestUnknown', `Request "${requestId}" is no longer open.`, {
        hint: 'It was answered elsewhere, cancelled, or its agent has ended.',
      });
    }
    return held;
  }

  #hold<T>(
    signal: AbortSignal,
    whenAborted: T,
    make: (requestId: string, settle: (answer: T) => void) => Held,
  ): Promise<T> {
    if (signal.aborted || this.#closed) return Promise.resolve(whenAborted);
    const requestId = this.#nextId();
    const { promise, resolve } = Promise.withResolvers<T>();
    const settle = (answer: T): void => {
      if (!this.#held.delete(requestId)) return;
      signal.removeEventListener('abort', onAbort);
      resolve(answer);
      this.#onChange();
    };
    const onAbort = (): void => {
      settle(whenAborted);
    };
    signal.addEventListener('abort', onAbort);
    this.#held.set(requestId, make(requestId, settle));
    this.#onChange();
    return promise;
  }
}
