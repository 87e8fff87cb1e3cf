// Roost: Doctor in the editor: the report in a preview that can be copied, and what is wrong with a way to mend it.
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { stamp } from '../../session/clock.ts';
import { commandId } from '../commands/commandIds.ts';
import type { CommandDeps } from '../commands/commandTypes.ts';
import { examineAll, type Examination, type Finding, type Repair } from './doctorReport.ts';
import { withoutIcons } from '../plainText.ts';

/** The scheme of the report's document: read only, so that closing it asks nothing. */
const scheme = 'roost-doctor';

const ownerSchema = z.object({ pid: z.number(), startedAt: z.string() });

/** Examines this window's Roost. */
export async function examine(deps: CommandDeps): Promise<Examination> {
  const { about, clock, machine, sessions } = deps;
  return examineAll({
    sessions,
    machine,
    at: stamp(clock),
    about: {
      Roost: about.version,
      Editor: `${vscode.env.appName} ${vscode.version}`,
      'Extension host': `${vscode.env.remoteName ?? 'local'}, Node ${process.version}, process ${process.pid}`,
      Workspace: vscode.workspace.isTrusted ? 'trusted' : 'not trusted',
      'Session files': about.storageFolder,
    },
    ownerOf: async (sessionId) => owner(about.storageFolder, sessionId),
  });
}

/** Shows the report, and offers to copy it and to mend what was found. Returns once it is shown. */
export async function showReport(
  deps: CommandDeps,
  { report, findings }: Examination,
): Promise<void> {
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: () => report,
  });
  // A name of its own for each report: the editor keeps what it has read of a name.
  const uri = vscode.Uri.from({
    scheme,
    path: `/Roost Doctor ${stamp(deps.clock).replaceAll(':', '.')}.md`,
  });
  try {
    await vscode.workspace.openTextDocument(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    // The editor's Markdown preview can be turned off.
    await vscode.window.showTextDocument(uri, { preview: true });
  } finally {
    provider.dispose();
  }
  deps.run('doctor', async () => offer(report, findings));
}

async function offer(report: string, findings: readonly Finding[]): Promise<void> {
  const copy = vscode.l10n.t('Copy Report');
  const mend = vscode.l10n.t('Repair…');
  const said =
    findings.length === 0
      ? vscode.l10n.t('Roost is well.')
      : vscode.l10n.t('Roost Doctor found {0} things that can be mended.', findings.length);
  const buttons = findings.length === 0 ? [copy] : [mend, copy];
  const chosen = await vscode.window.showInformationMessage(said, ...buttons);
  if (chosen === copy) await vscode.env.clipboard.writeText(report);
  if (chosen === mend) await repair(findings);
}

async function repair(findings: readonly Finding[]): Promise<void> {
  const chosen = await vscode.window.showQuickPick(
    findings.map((finding) => ({
      label: `${repairTitle(finding.repair)}: ${withoutIcons(finding.title)}`,
      detail: withoutIcons(finding.what, 200),
      finding,
    })),
    { canPickMany: true, placeHolder: vscode.l10n.t('Mend what?') },
  );
  const failed: string[] = [];
  for (const { finding } of chosen ?? []) {
    const { sessionId } = finding;
    try {
      await vscode.commands.executeCommand(repairCommands[finding.repair], { sessionId });
    } catch (error) {
      failed.push(`${finding.title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failed.length > 0) void vscode.window.showErrorMessage(failed.join('; '));
}

const repairCommands: Readonly<Record<Repair, string>> = {
  restart: commandId('restartSession'),
  save: commandId('saveSession'),
  cancel: commandId('cancelPrompt'),
  kill: commandId('killSession'),
  trash: commandId('deleteSavedSession'),
};

function repairTitle(repair: Repair): string {
  switch (repair) {
    case 'restart':
      return vscode.l10n.t('Restart');
    case 'save':
      return vscode.l10n.t('Save Now');
    case 'cancel':
      return vscode.l10n.t('Cancel Turn');
    case 'kill':
      return vscode.l10n.t('Kill');
    case 'trash':
      return vscode.l10n.t('Move to Trash');
  }
}

/** Which process has a session open, from the file in which it says so. */
async function owner(storageFolder: string, sessionId: string): Promise<string> {
  const file = vscode.Uri.joinPath(
    vscode.Uri.file(storageFolder),
    'sessions',
    `${sessionId}.owner`,
  );
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    const { pid, startedAt } = ownerSchema.parse(JSON.parse(text));
    return `process ${pid}, started ${startedAt}`;
  } catch {
    return 'unknown';
  }
}
