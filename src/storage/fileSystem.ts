// The few file operations that storage is built from: a port, so that a test can make each call fail in turn.
import * as fs from 'node:fs';
import { promisify } from 'node:util';

/** What `stat` tells that storage looks at. */
export type FileFacts = Pick<fs.Stats, 'size' | 'mtimeMs' | 'ino' | 'nlink' | 'mode'>;

/**
 * File operations. All fail with an error that carries the operating system's `code`. Writing is
 * synchronous where a caller promises "written before it returns", everything else leaves the
 * event loop free.
 */
export interface FileSystem {
  /** One `write(2)` at the file's position (the end, for append). How many bytes it took: maybe fewer. */
  writeSync(fd: number, bytes: Uint8Array): number;
  /** `undefined` when nothing is there. Two microseconds on a local disk, so lists call it in slices. */
  statSync(path: string): FileFacts | undefined;
  /** What an open file is: as quick as `statSync`, where a trip to the thread pool takes fifty times as long. */
  fstatSync(fd: number): FileFacts;
  open(path: string, flags: string, mode?: number): Promise<number>;
  close(fd: number): Promise<void>;
  /** How many bytes were read into `buffer`; 0 at the end of the file. */
  read(fd: number, buffer: Buffer, length: number, position: number): Promise<number>;
  /** How many bytes were written at `position`: maybe fewer than given. */
  write(fd: number, bytes: Uint8Array, position: number): Promise<number>;
  fsync(fd: number): Promise<void>;
  fdatasync(fd: number): Promise<void>;
  fchmod(fd: number, mode: number): Promise<void>;
  readFile(path: string): Promise<Buffer>;
  rename(from: string, to: string): Promise<void>;
  /** Makes a second name for a file; fails with `EEXIST` when `to` is there. */
  link(from: string, to: string): Promise<void>;
  /** Copies a file; fails with `EEXIST` when `to` is there. */
  copyFile(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Creates one folder; fails with `EEXIST` when it is there. */
  mkdir(path: string, mode: number): Promise<void>;
  rmdir(path: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  readdir(path: string): Promise<string[]>;
}

const open = promisify(fs.open);
// The callback forms of read and write resolve to an object under promisify's custom symbol.
const read = promisify(fs.read);
const write = promisify(fs.write);
const copyFile = promisify(fs.copyFile);

/** The real file system. */
export const nodeFileSystem: FileSystem = {
  writeSync: (fd, bytes) => fs.writeSync(fd, bytes),
  statSync: (path) => fs.statSync(path, { throwIfNoEntry: false }),
  fstatSync: (fd) => fs.fstatSync(fd),
  open: (path, flags, mode) => open(path, flags, mode),
  close: promisify(fs.close),
  read: async (fd, buffer, length, position) =>
    (await read(fd, buffer, 0, length, position)).bytesRead,
  write: async (fd, bytes, position) =>
    (await write(fd, bytes, 0, bytes.length, position)).bytesWritten,
  fsync: promisify(fs.fsync),
  fdatasync: promisify(fs.fdatasync),
  fchmod: promisify(fs.fchmod),
  readFile: (path) => fs.promises.readFile(path),
  rename: promisify(fs.rename),
  link: promisify(fs.link),
  copyFile: (from, to) => copyFile(from, to, fs.constants.COPYFILE_EXCL),
  unlink: promisify(fs.unlink),
  mkdir: async (path, mode) => {
    await fs.promises.mkdir(path, { mode });
  },
  rmdir: (path) => fs.promises.rmdir(path),
  chmod: promisify(fs.chmod),
  readdir: (path) => fs.promises.readdir(path),
};
