// What is said above the composer of a session that is in trouble or at rest, and the buttons that help. No page.
import type { FromPanel } from '../chatProtocol/messages.ts';
import type { ErrorView, SessionView } from '../chatProtocol/session.ts';
import { word } from './words.ts';

type Action = Exclude<Extract<FromPanel, { type: 'action' }>['action'], 'setPermissions'>;

/** What a button of a banner does. */
export type BannerAction = Action | 'putBack' | 'cancel';

/** One banner as data: what is equal need not be built again. */
export interface Banner {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly hint?: string | undefined;
  readonly actions: readonly BannerAction[];
}

/** The banners of a session, gravest first. */
export function bannersOf(
  session: SessionView | undefined,
  error: ErrorView | undefined,
): Banner[] {
  const banners: Banner[] = [];
  if (error !== undefined) {
    banners.push({
      level: 'error',
      text: error.message,
      hint: error.hint,
      actions: [
        ...(error.action === undefined ? [] : [error.action]),
        ...(error.prompt === undefined ? [] : (['putBack'] as const)),
        'dismissError',
      ],
    });
  }
  if (session === undefined) return banners;
  const state = stateBanner(session);
  // A message that could not be sent because the start failed says the same, and has the message to put back.
  if (state !== undefined && state.text !== error?.message) banners.push(state);
  if (session.storageFailing) {
    banners.push({ level: 'error', text: word('storageFailing'), actions: ['showLog'] });
  }
  return banners;
}

function stateBanner(session: SessionView): Banner | undefined {
  const { status, error, readOnly, restartAt, stalledSince } = session;
  if (readOnly !== undefined) {
    const text = word(
      readOnly === 'newerVersion' ? 'composerNewerVersion' : 'composerOwnedElsewhere',
    );
    return { level: 'info', text, actions: [] };
  }
  switch (status) {
    case 'failed':
      return {
        level: 'error',
        text: error?.message ?? word('failed'),
        hint: error?.hint,
        actions: [wayOut(error?.code), 'showLog'],
      };
    case 'crashed':
      if (restartAt !== undefined) {
        return { level: 'warning', text: word('restarting'), actions: ['showLog'] };
      }
      return {
        level: 'error',
        text: error?.message ?? word('crashed'),
        hint: error?.hint,
        actions: ['restart', 'showLog'],
      };
    case 'dormant':
      return restBanner(session);
    case 'working':
    case 'needsInput':
      if (stalledSince === undefined) return undefined;
      return {
        level: 'warning',
        text: word('stalled', clockTime(stalledSince)),
        actions: ['cancel', 'restart', 'kill'],
      };
    case 'starting':
    case 'ready':
    case 'stopping':
      return undefined;
  }
}

/** What helps a session that could not start. */
function wayOut(code: string | undefined): Action {
  return code === 'authRequired' ? 'signIn' : 'restart';
}

/** Why a session that is fine rests, where that is worth a word. */
function restBanner({ interrupted, stoppedAfterIdleMinutes }: SessionView): Banner | undefined {
  if (interrupted) return { level: 'info', text: word('interrupted'), actions: ['resume'] };
  if (stoppedAfterIdleMinutes === undefined) return undefined;
  const text = word('idleStopped', stoppedAfterIdleMinutes);
  return { level: 'info', text, actions: ['resume'] };
}

function clockTime(at: string): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? at : time.toLocaleTimeString();
}
