// The script of a conversation panel: hears the host, keeps the model, shows it once per frame.
import './strictPage.ts';
import type { Draft } from '../chatProtocol/composing.ts';
import {
  chatProtocolVersion,
  type FromPanel,
  panelStateSchema,
  toPanelSchema,
} from '../chatProtocol/messages.ts';
import { PanelView } from './panelView.ts';
import { emptyModel, reduce, startLoadingOlder } from './store.ts';

/** Typing is reported at most this often, in milliseconds. */
const activityEvery = 10_000;
/** What should survive a reload is written this long after it changed, in milliseconds. */
const stateDelay = 150;
/** The same with pictures in it: megabytes are not written at every key. */
const largeStateDelay = 1000;
/** More than this is large, in UTF-16 units. */
const largeDraft = 100_000;

const editor = acquireVsCodeApi();
const sessionId = document.body.dataset['sessionId'] ?? '';

const saved = panelStateSchema.safeParse(editor.getState());
const restored = saved.success && saved.data.sessionId === sessionId ? saved.data : undefined;
// At once: the editor brings a panel back by what is kept here.
editor.setState(restored ?? { sessionId });

let model = emptyModel;
let framePending = false;
let stateTimer: number | undefined;
let lastActivity = Number.NEGATIVE_INFINITY;
/** The draft that the host has from this page. */
let keptDraft: Draft | undefined;

function post(message: FromPanel): void {
  if (message.type === 'activity') {
    if (performance.now() - lastActivity < activityEvery) return;
    lastActivity = performance.now();
  }
  editor.postMessage(message);
}

function keepState(): void {
  stateTimer ??= window.setTimeout(
    () => {
      stateTimer = undefined;
      writeState();
    },
    sizeOf(keptDraft) > largeDraft ? largeStateDelay : stateDelay,
  );
}

/** How much of what is attached is written with each state, in UTF-16 units. */
function sizeOf(draft: Draft | undefined): number {
  const attached = draft?.attached ?? [];
  return attached.reduce((sum, one) => sum + (one.type === 'image' ? one.data.length : 0), 0);
}

/** What is attached is never changed in place. */
function isSame(one: Draft, other: Draft): boolean {
  return (
    one.text === other.text &&
    one.attached.length === other.attached.length &&
    one.attached.every((attached, index) => attached === other.attached[index])
  );
}

/** Into the editor's memory of this page, and what is written also into the host's, which outlives it. */
function writeState(): void {
  const { state } = view;
  if (state === undefined) return;
  editor.setState({ sessionId, ...state });
  const { draft } = state;
  if (draft === undefined || (keptDraft !== undefined && isSame(draft, keptDraft))) return;
  keptDraft = draft;
  post({ type: 'draft', draft });
}

const root = document.getElementById('panel');
if (root === null) throw new Error('the page has no place for the panel');
const view = new PanelView(
  root,
  {
    post,
    onOlder: (until) => {
      if (model.before === undefined || model.loadingOlder) return false;
      post({ type: 'older', before: model.before, ...(until === undefined ? {} : { until }) });
      model = startLoadingOlder(model);
      scheduleFrame();
      return true;
    },
    onState: keepState,
    onFold: writeState,
  },
  restored,
);

function scheduleFrame(): void {
  if (framePending) return;
  framePending = true;
  requestAnimationFrame(() => {
    framePending = false;
    const { seq } = model;
    view.update(model);
    if (seq >= 0) post({ type: 'applied', seq });
  });
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const parsed = toPanelSchema.safeParse(event.data);
  if (!parsed.success) {
    // What cannot be read must not be skipped over: the next messages build on it.
    post({ type: 'resync' });
    return;
  }
  const before = model;
  model = reduce(model, parsed.data);
  if (model.lost && !before.lost) post({ type: 'resync' });
  scheduleFrame();
});

// A page that is thrown away writes what its timer would have written.
window.addEventListener('pagehide', writeState);

post({ type: 'ready', version: chatProtocolVersion });
