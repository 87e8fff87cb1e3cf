// The agents as the rows of a pick list: groups, words, icons and buttons. No editor.
import type { AgentOffer } from '../../session/agentOffers.ts';
import { withoutIcons } from '../plainText.ts';
import type { Translate } from '../translate.ts';

/** What choosing a row, or pressing one of its buttons, does. */
export type AgentAction = 'start' | 'install' | 'update' | 'remove' | 'website' | 'setKey' | 'add';

/** A button of a row. */
export interface AgentRowButton {
  readonly action: AgentAction;
  /** Name of a codicon. */
  readonly icon: string;
  readonly tooltip: string;
}

/** One row, or the heading of a group. */
export type AgentRow =
  | { readonly kind: 'heading'; readonly label: string }
  | {
      readonly kind: 'row';
      readonly label: string;
      readonly description: string;
      readonly detail: string;
      readonly action: AgentAction;
      /** `undefined` only on the row that adds a command. */
      readonly offer: AgentOffer | undefined;
      readonly buttons: readonly AgentRowButton[];
    };

/** The rows for some agents: what can be started, what can be installed, what is elsewhere, and one's own. */
export function agentRows(offers: readonly AgentOffer[], t: Translate): readonly AgentRow[] {
  const ready = offers.filter(({ kind }) => kind === 'ready');
  const installable = offers.filter(
    ({ kind }) => kind === 'installable' || kind === 'broken' || kind === 'installing',
  );
  const elsewhere = offers.filter(({ kind }) => kind === 'elsewhere');
  const group = (label: string, members: readonly AgentOffer[]): AgentRow[] =>
    members.length === 0
      ? []
      : [{ kind: 'heading', label }, ...members.map((offer) => agentRow(offer, t))];
  return [
    ...group(t('Installed'), ready),
    ...group(t('Can be installed'), installable),
    ...group(t('From their makers'), elsewhere),
    { kind: 'heading', label: t('Your own') },
    {
      kind: 'row',
      label: `$(add) ${t('Add Your Own Command…')}`,
      description: '',
      detail: t(
        'Any program that speaks the Agent Client Protocol; it is tried before it is saved.',
      ),
      action: 'add',
      offer: undefined,
      buttons: [],
    },
  ];
}

function agentRow(offer: AgentOffer, t: Translate): AgentRow {
  const { icon, action } = looks[offer.kind];
  return {
    kind: 'row',
    label: `${icon}${withoutIcons(offer.name)}`,
    description: withoutIcons(facts(offer, t).join(' · ')),
    detail: withoutIcons(detail(offer, t), 300),
    action,
    offer,
    buttons: buttons(offer, t),
  };
}

const looks: Readonly<
  Record<AgentOffer['kind'], { readonly icon: string; readonly action: AgentAction }>
> = {
  ready: { icon: '', action: 'start' },
  installable: { icon: '$(cloud-download) ', action: 'install' },
  broken: { icon: '$(tools) ', action: 'install' },
  installing: { icon: '$(sync~spin) ', action: 'install' },
  elsewhere: { icon: '$(link-external) ', action: 'website' },
};

/** What stands beside the name, most telling first. */
function facts(offer: AgentOffer, t: Translate): string[] {
  const { kind, source, version, update, isDefault, note } = offer;
  const found: string[] = [];
  if (isDefault) found.push(t('default'));
  if (version !== undefined) found.push(version);
  if (update !== undefined) found.push(t('{0} is available', update));
  if (source === 'path') found.push(t('on your PATH'));
  if (source === 'settings') found.push(t('from your settings'));
  if (source === 'shipped') found.push(t('comes with Roost'));
  if (kind === 'broken') found.push(t('not installed to its end; choose it to repair it'));
  if (kind === 'installing') found.push(t('being installed'));
  if (kind !== 'installable') return found;
  if (note?.megabytes !== undefined) found.push(t('about {0} MB', note.megabytes));
  const [major] = note?.minNode?.split('.') ?? [];
  if (major !== undefined) found.push(t('needs Node {0}', major));
  if (note?.needs !== undefined) found.push(t('needs {0} on your PATH', note.needs));
  if (note?.sessions.includes('fork') === true) found.push(t('can fork'));
  return found;
}

function detail(
  { kind, source, commandLine, description = '', note }: AgentOffer,
  t: Translate,
): string {
  if (source === 'shipped') {
    return t('Slash commands without a key; a coding agent where it finds a model.');
  }
  if (kind === 'ready') return commandLine ?? description;
  const [quirk] = note?.quirks ?? [];
  const told = quirk === undefined ? description : t('{0}. {1}', description, quirk);
  return told;
}

function buttons(offer: AgentOffer, t: Translate): AgentRowButton[] {
  const { source, update, website, note } = offer;
  const found: AgentRowButton[] = [];
  if (update !== undefined) {
    found.push({ action: 'update', icon: 'cloud-download', tooltip: t('Update to {0}', update) });
  }
  if (offer.kind === 'ready' && (note?.signIn.keys.length ?? 0) > 0) {
    found.push({ action: 'setKey', icon: 'key', tooltip: t('Set an API Key…') });
  }
  if (website !== undefined && offer.kind !== 'elsewhere') {
    found.push({ action: 'website', icon: 'globe', tooltip: t('Open Its Web Page') });
  }
  if (source === 'installed' || offer.kind === 'broken') {
    found.push({ action: 'remove', icon: 'trash', tooltip: t('Remove') });
  }
  return found;
}
