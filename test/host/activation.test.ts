// Roost as VS Code sees it: found, activated, and handing out its API.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

describe('activation', () => {
  it('hands out version 1 of the API', async () => {
    const extension = vscode.extensions.getExtension<{ readonly version: number }>('roost.roost');
    assert.ok(extension, 'roost.roost is not installed in this window');
    const api = await extension.activate();
    assert.equal(api.version, 1);
  });
});
