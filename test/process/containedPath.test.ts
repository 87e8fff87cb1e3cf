// Paths of agents against real folders and links.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containedPath } from '../../src/host/files/containedPath.ts';

let base: string;
let root: string;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'roost-contained-')));
  root = join(base, 'root');
  await mkdir(join(root, 'sub'), { recursive: true });
  await mkdir(join(base, 'root-beside'));
  await writeFile(join(base, 'secret'), 'x');
  await writeFile(join(root, 'file'), 'x');
  await symlink(join(base, 'secret'), join(root, 'link-out'));
  await symlink(base, join(root, 'folder-out'));
  await symlink(join(root, 'file'), join(root, 'link-in'));
  await symlink(root, join(base, 'root-link'));
  await symlink('../not-yet', join(root, 'link-to-nothing-out'));
  await symlink('sub/not-yet', join(root, 'link-to-nothing-in'));
  await symlink('loop', join(root, 'loop'));
});

afterAll(async () => {
  await rm(base, { recursive: true });
});

describe('containedPath', () => {
  it('follows links that stay inside, also to what does not exist yet', async () => {
    await expect(containedPath(join(root, 'file'), [root])).resolves.toBe(join(root, 'file'));
    await expect(containedPath(join(root, 'link-in'), [root])).resolves.toBe(join(root, 'file'));
    const fresh = join(root, 'sub', 'a', 'b.txt');
    await expect(containedPath(fresh, [root])).resolves.toBe(fresh);
    const linked = join(base, 'root-link', 'new');
    await expect(containedPath(linked, [join(base, 'root-link')])).resolves.toBe(join(root, 'new'));
    await expect(containedPath(root, [root])).resolves.toBe(root);
    const pending = join(root, 'link-to-nothing-in');
    await expect(containedPath(pending, [root])).resolves.toBe(join(root, 'sub', 'not-yet'));
  });

  it.each([
    ['a file beside', 'secret'],
    ['the way up', 'root/../secret'],
    ['a folder whose name starts the same', 'root-beside/x'],
    ['a link out', 'root/link-out'],
    ['a link to what is not there yet', 'root/link-to-nothing-out'],
    ['a linked folder out', 'root/folder-out/secret'],
    ['something new below a linked folder', 'root/folder-out/new/file'],
  ])('refuses %s', async (_, path) => {
    await expect(containedPath(`${base}/${path}`, [root])).rejects.toMatchObject({
      name: 'SessionError',
      code: 'pathOutsideWorkspace',
    });
  });

  it('does not follow links for ever', async () => {
    await expect(containedPath(join(root, 'loop'), [root])).rejects.toMatchObject({
      code: 'ELOOP',
    });
  });

  it('refuses everything without a folder, and relative paths always', async () => {
    await expect(containedPath(join(root, 'file'), [])).rejects.toMatchObject({
      code: 'pathOutsideWorkspace',
    });
    await expect(containedPath('file', [root])).rejects.toMatchObject({ code: 'invalidArgument' });
  });
});
