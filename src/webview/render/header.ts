// The line at the top: which agent, in which folder, how it stands, how full its context is.
import type { SessionView } from '../../chatProtocol/session.ts';
import type { PanelWord } from '../../chatProtocol/words.ts';
import { icon, make, setText } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import { PolicyBadge } from './policyBadge.ts';

/** Icon and word of each status. */
const statuses: Readonly<Record<SessionView['status'], readonly [string, PanelWord]>> = {
  starting: ['loading codicon-modifier-spin', 'statusStarting'],
  ready: ['circle-filled', 'statusReady'],
  working: ['loading codicon-modifier-spin', 'statusWorking'],
  needsInput: ['bell-dot', 'statusNeedsInput'],
  stopping: ['loading codicon-modifier-spin', 'statusStopping'],
  dormant: ['circle-outline', 'statusDormant'],
  crashed: ['error', 'statusCrashed'],
  failed: ['error', 'statusFailed'],
};

/** The header. */
export class Header {
  readonly element: HTMLElement;
  readonly #status = make('span', { class: 'status', role: 'status' });
  readonly #title = make('h1', { class: 'title' });
  readonly #agent = make('span', { class: 'muted header-note' });
  readonly #folder = make('span', { class: 'muted header-note' });
  readonly #usage = make('span', { class: 'usage muted', role: 'meter', hidden: true });
  readonly #filled = make('span', { class: 'meter-filled' });
  readonly #percent = make('span');
  #shown: SessionView | undefined;

  readonly #policy: PolicyBadge;

  /**
   * @param buttons what can be done with the conversation as a whole
   * @param choosePolicy lets the user choose what the agent may do without asking
   */
  constructor(buttons: readonly HTMLElement[], choosePolicy: () => void) {
    this.#policy = new PolicyBadge(choosePolicy);
    this.#usage.append(make('span', { class: 'meter' }, this.#filled), this.#percent);
    this.element = make('header', { class: 'header' });
    this.element.append(
      this.#title,
      this.#agent,
      this.#folder,
      this.#status,
      this.#policy.element,
      this.#usage,
      make('span', { class: 'header-buttons' }, ...buttons),
    );
  }

  /** Shows a session. */
  update(session: SessionView): void {
    if (session === this.#shown) return;
    const before = this.#shown;
    this.#shown = session;
    setText(this.#title, exactLine(session.title));
    setText(this.#agent, exactLine(session.agentName));
    // Before its first message a session is called as its agent is: once is enough.
    this.#agent.hidden = session.agentName === session.title;
    const folder = session.cwd.split(/[/\\]/).at(-1) ?? '';
    setText(this.#folder, exactLine(folder));
    this.#folder.title = exactLine(session.cwd);
    this.#showUsage(session.usage);
    this.#policy.update(session);
    if (before?.status === session.status && before.processAlive === session.processAlive) return;
    const [name, text] = statuses[session.status];
    this.#status.className = `status status-${session.status}`;
    this.#status.title = word(session.processAlive ? 'processAlive' : 'processGone');
    this.#status.replaceChildren(icon(name), make('span', { text: word(text) }));
  }

  #showUsage(usage: SessionView['usage']): void {
    this.#usage.hidden = usage === undefined;
    if (usage === undefined) return;
    const percent = Math.round((usage.used / usage.size) * 100);
    setText(this.#percent, `${percent} %`);
    this.#filled.style.width = `${Math.min(100, percent)}%`;
    this.#usage.setAttribute('aria-valuemin', '0');
    this.#usage.setAttribute('aria-valuemax', '100');
    this.#usage.setAttribute('aria-valuenow', String(Math.min(100, percent)));
    const cost = usage.cost === undefined ? '' : ` · ${exactLine(usage.cost)}`;
    const numbers = word('usageHint', usage.used.toLocaleString(), usage.size.toLocaleString());
    this.#usage.title = `${word('usage', percent)} · ${numbers}${cost}`;
    this.#usage.setAttribute('aria-label', this.#usage.title);
    this.#usage.classList.toggle('full', percent >= 80);
  }
}
