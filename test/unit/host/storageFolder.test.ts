// Where a window keeps its sessions: with a folder, with several, with none, and where the setting says.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StorageFolders, type StorageContext } from '../../../src/host/storage/storageFolder.ts';
import { recordingLogger } from '../../fakes/domain.ts';

/** State that lasts as long as what it belongs to. */
function memory(): StorageContext['globalState'] {
  const remembered = new Map<string, unknown>();
  return {
    get: <T>(key: string, otherwise?: T) => (remembered.get(key) as T | undefined) ?? otherwise,
    update: (key: string, value: unknown) => {
      remembered.set(key, value);
      return Promise.resolve();
    },
  };
}

/** A window as the editor describes it; `own` is absent where no folder is open. */
function windowOf(own: string | undefined, globalState = memory()): StorageContext {
  return {
    storageUri: own === undefined ? undefined : { fsPath: own },
    globalStorageUri: { fsPath: '/data/globalStorage/roost.roost' },
    workspaceState: memory(),
    globalState,
  };
}

const own = '/data/workspaceStorage/abc/roost.roost';

describe('the folder of a window', () => {
  it('is its workspace’s, of one folder or of several, or the one for all where none is open', () => {
    const logger = recordingLogger();
    expect(new StorageFolders(windowOf(own), '', logger).current).toBe(own);
    const none = new StorageFolders(windowOf(undefined), '', logger);
    expect(none.current).toBe('/data/globalStorage/roost.roost');
    // Those of workspaces are looked for beside it all the same.
    expect(none.places()).toMatchObject({
      workspaces: '/data/workspaceStorage',
      name: 'roost.roost',
    });
    expect(new StorageFolders(windowOf(own), '', logger).places()).toMatchObject({
      workspaces: '/data/workspaceStorage',
      name: 'roost.roost',
      others: ['/data/globalStorage/roost.roost', own],
    });
  });

  it.each(['72d81cc8', '-f513966', '0123456789abcdef0123456789abcdef'])(
    'is the same for a second window of workspace %s, which the editor gives another',
    (id) => {
      const folder = (name: string): string => `/data/workspaceStorage/${name}/roost.roost`;
      const second = new StorageFolders(windowOf(folder(`${id}-1`)), '', recordingLogger());
      expect(second.current).toBe(folder(id));
      // What an earlier Roost has kept in the other is offered to be moved.
      expect(second.earlier()).toEqual([folder(`${id}-1`)]);
      const first = new StorageFolders(windowOf(folder(id)), '', recordingLogger());
      expect([first.current, first.earlier()]).toEqual([folder(id), []]);
    },
  );

  it('is what the setting says, if that is a whole path', () => {
    const logger = recordingLogger();
    const set = (value: string): string => new StorageFolders(windowOf(own), value, logger).current;
    expect(set(' /elsewhere ')).toBe('/elsewhere');
    expect(set('~/kept')).toBe(join(homedir(), 'kept'));
    expect(set('~name/kept')).toBe(own);
    expect(set('kept/here')).toBe(own);
    expect(logger.lines).toHaveLength(2);
  });

  it('is remembered when it changes, until its sessions are moved or left on purpose', async () => {
    const context = windowOf(own);
    const life = (setting: string): StorageFolders =>
      new StorageFolders(context, setting, recordingLogger());
    await life('').remember();
    expect(life('').earlier()).toEqual([]);
    await life('/one').remember();
    expect(life('/one').earlier()).toEqual([own]);
    await life('/two').remember();
    expect(life('/two').earlier()).toEqual(['/one', own]);
    await life('/two').leave('/one');
    expect(life('/two').earlier()).toEqual([own]);
    expect(life('').earlier()).toEqual(['/two']);
  });

  it('that a setting named is looked into by every other window, whatever becomes of its workspace', async () => {
    const globalState = memory();
    const logger = recordingLogger();
    const open = (folder: string | undefined, setting: string): StorageFolders =>
      new StorageFolders(windowOf(folder, globalState), setting, logger);
    await open(own, '').remember();
    await open(own, '/kept').remember();
    const renamed = open('/data/workspaceStorage/def/roost.roost', '');
    expect(renamed.places().others).toContain('/kept');
    expect(renamed.earlier()).toEqual([]);
  });

  it('is remembered where no folder is open, too, though the editor forgets such a window', async () => {
    const globalState = memory();
    const logger = recordingLogger();
    await new StorageFolders(windowOf(undefined, globalState), '/kept', logger).remember();
    const next = new StorageFolders(windowOf(undefined, globalState), '', logger);
    expect(next.earlier()).toEqual(['/kept']);
    await next.leave('/kept');
    expect(next.earlier()).toEqual([]);
  });
});
