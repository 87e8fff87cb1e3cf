// All commands with what they do, from the files that hold them; loaded with the first call of one.
import { agentCommands } from './agentCommands.ts';
import { changeCommands } from './changeCommands.ts';
import type { CommandDeps, CommandTable } from './commandTypes.ts';
import { exchangeCommands } from './exchangeCommands.ts';
import { listCommands } from './listCommands.ts';
import { permissionCommands } from './permissionCommands.ts';
import { requestCommands } from './requestCommands.ts';
import { searchCommands } from './searchCommands.ts';
import { sessionCommands } from './sessionCommands.ts';
import { storageCommands } from './storageCommands.ts';
import { supportCommands } from './supportCommands.ts';

/** Name → handler, for every command of the manifest. */
export function commandTable(deps: CommandDeps): CommandTable {
  return {
    ...sessionCommands(deps),
    ...agentCommands(deps),
    ...storageCommands(deps),
    ...exchangeCommands(deps),
    ...requestCommands(deps),
    ...listCommands(deps),
    ...changeCommands(deps),
    ...searchCommands(deps),
    ...permissionCommands(deps),
    ...supportCommands(deps),
  };
}
