// How the table of commands and its handlers fit together.
import type { Uri } from 'vscode';
import type { Clock } from '../../session/clock.ts';
import type { Disposable, Event } from '../../session/event.ts';
import type { Logger, Machine } from '../../session/ports.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { TelemetryEvent } from '../../session/telemetry.ts';
import type { AgentChoices, AgentServices } from '../agents/agentChoices.ts';
import type { CommandArgument, CommandName, CommandResults } from './commandIds.ts';
import type { ListPreferences } from '../list/listPreferences.ts';
import type { FoundFolder } from '../storage/otherFolders.ts';
import type { PanelOpener } from '../panel/panelOpener.ts';
import type { SessionChanges } from '../files/sessionChanges.ts';
import type { TreeNode } from '../list/sessionTreeModel.ts';

/** One call of a command: a program gave an argument, or a user pointed at a row, or neither. */
export interface Call<Name extends CommandName> {
  readonly given: CommandArgument<Name> | undefined;
  /** The one that was pointed at, also when others are selected with it. */
  readonly row: TreeNode | undefined;
  /** All rows that are meant, when a user had selected several; else the one, or none. */
  readonly rows: readonly TreeNode[];
}

/** What a command does. Failures are thrown as they are; `undefined` = the user changed their mind. */
export type Handler<Name extends CommandName> = (
  call: Call<Name>,
) => Promise<CommandResults[Name] | undefined>;

/** Name → handler, for some of the commands. */
export type Handlers<Names extends CommandName> = { readonly [Name in Names]: Handler<Name> };

/** Every command has a handler. */
export type CommandTable = Handlers<CommandName>;

/** Where and which Roost this is. */
export interface AboutRoost {
  readonly version: string;
  readonly extensionUri: Uri;
  /** Where sessions are kept. */
  readonly storageFolder: string;
}

/** What handlers work with. */
export interface CommandDeps {
  readonly sessions: Sessions;
  readonly agents: AgentChoices;
  readonly agentServices: AgentServices;
  readonly panels: PanelOpener;
  readonly preferences: ListPreferences;
  readonly changes: SessionChanges;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The stores of other folders that have sessions. */
  readonly otherFolders: () => Promise<readonly FoundFolder[]>;
  readonly showLog: () => void;
  /** Stores the key of the shipped agent's model; asks for it when none is given. */
  readonly setModelKey: (key: string | undefined) => Promise<undefined>;
  readonly machine: Machine;
  readonly onTelemetry: Event<TelemetryEvent>;
  readonly about: AboutRoost;
  /** Runs something nobody waits for; its failures are shown to the user. */
  readonly run: (what: string, work: () => Promise<unknown>) => void;
  /** Takes something that ends with the window. */
  readonly own: (disposable: Disposable) => void;
  /** Offers to take a deletion back; returns at once. */
  readonly offerUndo: (sessionIds: readonly string[], what: string) => void;
}
