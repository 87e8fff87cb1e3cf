// One notice for all sessions that are about to be stopped for being idle, with a way to keep them. No editor.
import type { Clock } from '../../session/clock.ts';
import type { Disposable } from '../../session/event.ts';
import { noticeOf } from '../../session/idleWatch.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { SessionListModel } from '../list/sessionListModel.ts';
import { notificationText } from '../plainText.ts';
import { shortSpan, since } from '../list/relativeTime.ts';
import { titleOf } from '../list/sessionRows.ts';
import type { Translate } from '../translate.ts';

/** Sessions that come into their last minutes this soon after the first are named in the same notice. */
const togetherMs = 60_000;

/** At most so many titles are read out; the rest is a number. */
const namedAtMost = 3;

/** What the notice works with. */
export interface IdleNoticeDeps {
  readonly sessions: Pick<Sessions, 'get' | 'list' | 'details' | 'touch' | 'terminate'>;
  readonly model: Pick<SessionListModel, 'onDidPublish'>;
  readonly clock: Clock;
  readonly noticeMinutes: () => number;
  readonly t: Translate;
  /** Shows a message with buttons; resolves with the button pressed, perhaps hours later. */
  readonly ask: (message: string, ...buttons: string[]) => PromiseLike<string | undefined>;
  /** Runs what the user asked for; failures are shown there. */
  readonly run: (what: string, work: () => Promise<unknown>) => void;
}

/** Tells once per idle time of a session that it is about to be stopped. */
export class IdleNotice implements Disposable {
  readonly #deps: IdleNoticeDeps;
  readonly #told = new Set<string>();
  readonly #subscription: Disposable;

  constructor(deps: IdleNoticeDeps) {
    this.#deps = deps;
    this.#subscription = deps.model.onDidPublish(({ sessions }) => {
      let news = false;
      for (const sessionId of sessions) {
        if (this.#left(sessionId, 0) === undefined) this.#told.delete(sessionId);
        else if (!this.#told.has(sessionId)) news = true;
      }
      if (news) this.#tell();
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#told.clear();
  }

  #tell(): void {
    const { sessions, t } = this.#deps;
    const ending = sessions.list().flatMap((info) => {
      const { sessionId } = info;
      const left = this.#left(sessionId, togetherMs);
      return left === undefined ? [] : [{ sessionId, left, info }];
    });
    ending.sort((a, b) => a.left - b.left);
    const [soonest] = ending;
    if (soonest === undefined) return;
    for (const { sessionId } of ending) this.#told.add(sessionId);
    const titles = ending.slice(0, namedAtMost).map(({ info }) => titleOf(info));
    const more = ending.length - titles.length;
    if (more > 0) titles.push(t('{0} more', more));
    const span = shortSpan(soonest.left, t);
    const message =
      ending.length === 1
        ? t('Idle, will be saved and stopped in {0}: {1}', span, titles.join(', '))
        : t(
            '{0} idle sessions will be saved and stopped in {1}: {2}',
            ending.length,
            span,
            titles.join(', '),
          );
    const keep = t('Keep');
    const stop = t('Stop Now');
    const ids = ending.map(({ sessionId }) => sessionId);
    this.#deps.run('idle notice', async () => {
      const chosen = await this.#deps.ask(notificationText(message), keep, stop);
      // It may have stood for hours: only what it still is true of is touched.
      const still = ids.filter((sessionId) => this.#left(sessionId, togetherMs) !== undefined);
      if (chosen === keep) for (const sessionId of still) sessions.touch(sessionId);
      if (chosen === stop) await Promise.all(still.map((one) => sessions.terminate(one)));
    });
  }

  /** Milliseconds until a session is stopped, if it is in its last minutes or will be within `soonMs`. */
  #left(sessionId: string, soonMs: number): number | undefined {
    const { sessions, clock, noticeMinutes } = this.#deps;
    const deadline = sessions.get(sessionId)?.idleDeadlineAt;
    if (deadline === undefined) return undefined;
    const { timeoutMinutes } = sessions.details(sessionId).config;
    const noticeMs = noticeOf(timeoutMinutes * 60_000, noticeMinutes() * 60_000);
    const left = -since(deadline, clock.now());
    return noticeMs > 0 && left <= noticeMs + soonMs ? Math.max(0, left) : undefined;
  }
}
