// The file with the traffic of agents: made at the first line, the user's alone, in order.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ProtocolLog } from '../../src/host/support/protocolLog.ts';
import { recordingLogger } from '../fakes/domain.ts';
import { FakeClock } from '../fakes/fakeClock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roost-protocol-log-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('holds every line once it was asked for one, and is readable by its owner only', async () => {
  const file = join(folder, 'logs', 'protocol.log');
  const log = new ProtocolLog({ file, clock: new FakeClock(), logger: recordingLogger() });
  expect(existsSync(file)).toBe(false);
  log.write('out', '{"id":1}\n');
  log.write('in', '{"id":1,"result":{}}');
  log.dispose();
  const at = '2026-01-01T00:00:00.000Z';
  await expect
    .poll(() => (existsSync(file) ? readFileSync(file, 'utf8') : ''))
    .toBe(`${at} -> {"id":1}\n${at} <- {"id":1,"result":{}}\n`);
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('says why when it cannot be written, and takes nobody else down', async () => {
  const logger = recordingLogger();
  const log = new ProtocolLog({ file: folder, clock: new FakeClock(), logger });
  log.write('out', 'lost');
  await expect
    .poll(() => logger.lines)
    .toContain('error: The traffic of agents could not be logged');
  log.dispose();
});
