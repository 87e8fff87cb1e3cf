// Which way of reading processes belongs to which platform.
import { darwinProcesses } from './darwinTable.ts';
import { linuxProcesses } from './linuxTable.ts';
import type { ProcessReader } from './processTable.ts';
import { windowsProcesses } from './windowsTable.ts';

/** The reader of this platform. */
export function processReader(platform: NodeJS.Platform = process.platform): ProcessReader {
  if (platform === 'linux') return linuxProcesses;
  return platform === 'win32' ? windowsProcesses : darwinProcesses;
}
