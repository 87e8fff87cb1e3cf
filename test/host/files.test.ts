// Files as agents read and write them, in a real editor: unsaved text counts, writes are seen, undone and on disk.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { systemClock } from '../../src/process/systemClock.ts';
import { toSessionError } from '../../src/session/errors.ts';
import { EditorFiles, maxFileBytes } from '../../src/host/files/workspaceFiles.ts';
import { when } from './roost.ts';

const silent = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
};

function ignore(): void {
  // What is logged is not what these tests are about.
}

describe('files of the workspace', () => {
  let folder: string;
  let root: string;
  let files: EditorFiles;

  before(() => {
    root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    assert.ok(root);
    files = new EditorFiles({
      roots: { folders: () => [root] },
      logger: silent,
      clock: systemClock(),
    });
  });

  // A folder of its own for each test: the editor remembers files for a while.
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'files-under-test-'));
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    rmSync(folder, { recursive: true });
  });

  const path = (name: string): string => join(folder, name);
  const open = async (name: string): Promise<vscode.TextEditor> =>
    vscode.window.showTextDocument(vscode.Uri.file(path(name)));

  it('are read by lines, with the line ends they have', async () => {
    writeFileSync(path('a.txt'), 'one\r\ntwo\r\nthree');
    assert.equal(await files.readTextFile(path('a.txt'), {}), 'one\r\ntwo\r\nthree');
    assert.equal(await files.readTextFile(path('a.txt'), { line: 2, limit: 1 }), 'two\r\n');
    assert.equal(await files.readTextFile(path('a.txt'), { line: 9 }), '');
  });

  it('are read without opening a document', async () => {
    writeFileSync(path('quiet.txt'), 'text');
    await files.readTextFile(path('quiet.txt'), {});
    const opened = vscode.workspace.textDocuments.map(({ uri }) => uri.fsPath);
    assert.equal(opened.includes(path('quiet.txt')), false);
  });

  it('are read as they are in the editor, also by a link to them', async () => {
    writeFileSync(path('a.txt'), 'saved');
    symlinkSync(path('a.txt'), path('link.txt'));
    const editor = await open('a.txt');
    await editor.edit((edit) => {
      edit.insert(new vscode.Position(0, 0), 'un');
    });
    assert.equal(await files.readTextFile(path('a.txt'), {}), 'unsaved');
    assert.equal(await files.readTextFile(path('link.txt'), {}), 'unsaved');
    assert.equal(readFileSync(path('a.txt'), 'utf8'), 'saved');
  });

  it('are written into the open editor and to disk, and the write can be undone', async () => {
    writeFileSync(path('a.txt'), 'first\nsecond\nthird\n');
    const editor = await open('a.txt');
    editor.selection = new vscode.Selection(2, 1, 2, 1);
    await files.writeTextFile(path('a.txt'), 'first\nchanged\nthird\n');
    assert.equal(editor.document.getText(), 'first\nchanged\nthird\n');
    assert.equal(editor.document.isDirty, false);
    assert.equal(readFileSync(path('a.txt'), 'utf8'), 'first\nchanged\nthird\n');
    // The smallest edit leaves the cursor where it was.
    assert.deepEqual([editor.selection.active.line, editor.selection.active.character], [2, 1]);
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), 'first\nsecond\nthird\n');
  });

  it('are written when no editor shows them', async () => {
    writeFileSync(path('closed.txt'), 'old');
    await files.writeTextFile(path('closed.txt'), 'new');
    assert.equal(readFileSync(path('closed.txt'), 'utf8'), 'new');
    await files.writeTextFile(path('closed.txt'), 'new');
    assert.equal(readFileSync(path('closed.txt'), 'utf8'), 'new');
  });

  it('are made with the folders they need', async () => {
    await files.writeTextFile(path('deep/er/new.txt'), 'Grüße\r\n');
    assert.equal(readFileSync(path('deep/er/new.txt'), 'utf8'), 'Grüße\r\n');
  });

  it('keep their line ends and encoding', async () => {
    writeFileSync(path('crlf.txt'), 'a\r\nb\r\n');
    await files.writeTextFile(path('crlf.txt'), 'a\nc\n');
    assert.equal(readFileSync(path('crlf.txt'), 'utf8'), 'a\r\nc\r\n');
    writeFileSync(path('lf.txt'), 'a\nb\n');
    await files.writeTextFile(path('lf.txt'), 'a\r\nb\r\nc\r\n');
    assert.equal(readFileSync(path('lf.txt'), 'utf8'), 'a\r\nb\r\nc\r\n');
    writeFileSync(path('bom.txt'), '\ufeffa\n');
    assert.equal(await files.readTextFile(path('bom.txt'), {}), 'a\n');
    await files.writeTextFile(path('bom.txt'), 'b\n');
    assert.equal(readFileSync(path('bom.txt'), 'utf8'), '\ufeffb\n');
  });

  it('are read and written as they are on disk when something went past the editor', async () => {
    writeFileSync(path('a.txt'), 'old');
    const editor = await open('a.txt');
    writeFileSync(path('a.txt'), 'changed by a command');
    assert.equal(await files.readTextFile(path('a.txt'), {}), 'changed by a command');
    await files.writeTextFile(path('a.txt'), 'changed by a command, and by an agent');
    assert.equal(readFileSync(path('a.txt'), 'utf8'), 'changed by a command, and by an agent');
    await when(
      (look) => vscode.workspace.onDidChangeTextDocument(look),
      () => (editor.document.getText().endsWith('by an agent') ? true : undefined),
      'the editor to show it',
    );
    assert.equal(editor.document.isDirty, false);
  });

  it('come back when they were deleted while an editor shows them', async () => {
    writeFileSync(path('a.txt'), 'old');
    await open('a.txt');
    rmSync(path('a.txt'));
    await assert.rejects(files.readTextFile(path('a.txt'), {}), { code: 'agentError' });
    await files.writeTextFile(path('a.txt'), 'new');
    assert.equal(readFileSync(path('a.txt'), 'utf8'), 'new');
  });

  it('are not overwritten where the user and somebody else disagree', async () => {
    writeFileSync(path('a.txt'), 'old');
    const editor = await open('a.txt');
    await editor.edit((edit) => {
      edit.insert(new vscode.Position(0, 0), 'un');
    });
    writeFileSync(path('a.txt'), 'somebody else');
    await assert.rejects(files.writeTextFile(path('a.txt'), 'agent'), { code: 'agentError' });
    assert.equal(readFileSync(path('a.txt'), 'utf8'), 'somebody else');
  });

  it('are written in the order that was asked for', async () => {
    writeFileSync(path('a.txt'), 'start');
    const texts = Array.from({ length: 20 }, (_, step) => `step ${step}\n`.repeat(step + 1));
    await Promise.all(texts.map(async (text) => files.writeTextFile(path('a.txt'), text)));
    assert.equal(readFileSync(path('a.txt'), 'utf8'), texts.at(-1));
  });

  it('that are none, too large, not text or elsewhere are refused with the reason', async () => {
    const refused = async (name: string, cause: string): Promise<void> => {
      const error = await files
        .readTextFile(path(name), {})
        .catch((thrown: unknown) => toSessionError(thrown));
      assert.ok(typeof error !== 'string', `${name} was read`);
      assert.equal(error.code, 'agentError');
      assert.equal(error.details.cause, cause);
    };
    await refused('missing.txt', 'ENOENT');
    await refused('.', 'EISDIR');
    writeFileSync(path('binary'), Buffer.from([1, 0, 2]));
    await refused('binary', 'EILSEQ');
    writeFileSync(path('large'), Buffer.alloc(maxFileBytes + 1, 'x'));
    await refused('large', 'EFBIG');
    symlinkSync('/etc', path('away'));
    const outside = { code: 'pathOutsideWorkspace' };
    await assert.rejects(files.readTextFile('/etc/hostname', {}), outside);
    await assert.rejects(files.readTextFile(path('away/hostname'), {}), outside);
    await assert.rejects(files.writeTextFile(path('../../out.txt'), 'x'), outside);
    await assert.rejects(files.writeTextFile(path('binary'), 'x'), { code: 'agentError' });
  });
});
