// The transcripts that one store has open for writing: taken with their session's ownership, given back with it.
import type { Clock } from '../session/clock.ts';
import { SessionError } from '../session/errors.ts';
import type { Logger } from '../session/ports.ts';
import type { TranscriptChange } from '../session/transcript.ts';
import { fileMode, keepToUser } from './files.ts';
import type { FileSystem } from './fileSystem.ts';
import { readHead, writtenByNewer } from './headFile.ts';
import type { SessionAccess } from './sessionAccess.ts';
import type { SessionPaths } from './sessionFiles.ts';
import { FileTranscriptLog } from './transcriptLog.ts';

/** What opening works with. */
export interface OpenTranscriptsDeps {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly access: SessionAccess;
}

/** One at a time for each session. */
export class OpenTranscripts {
  readonly #deps: OpenTranscriptsDeps;
  readonly #logs = new Map<string, FileTranscriptLog>();

  constructor(deps: OpenTranscriptsDeps) {
    this.#deps = deps;
  }

  /** Whether the session's transcript is open. */
  has(sessionId: string): boolean {
    return this.#logs.has(sessionId);
  }

  /** What has been appended to a transcript and is not in its file. */
  heldOf(sessionId: string): readonly TranscriptChange[] {
    return this.#logs.get(sessionId)?.held() ?? [];
  }

  /** Opens a transcript as its owner. @throws SessionError `sessionReadOnly`, `storageNewer`, `storageFailed` */
  open(sessionId: string, paths: SessionPaths): Promise<FileTranscriptLog> {
    const { access, fs } = this.#deps;
    return access.inTurn(sessionId, async () => {
      // A start right behind a stop waits for it; a close that fails leaves the transcript open.
      await this.#logs.get(sessionId)?.closing?.catch(() => undefined);
      const left = this.#logs.get(sessionId);
      if (left?.reopen() === true) return left;
      if (left !== undefined) {
        throw new SessionError('internal', 'The transcript is open already.', { sessionId });
      }
      return access.owned({ sessionId, paths, briefly: false }, async () => {
        const head = await readHead(fs, paths.head, sessionId);
        if (head?.newer === true) throw writtenByNewer(sessionId, paths.head);
        const log = await this.#openLog(sessionId, paths);
        this.#logs.set(sessionId, log);
        return log;
      });
    });
  }

  /** Writes out and closes all of them. Never rejects: what cannot be written by now is logged. */
  async closeAll(): Promise<void> {
    await Promise.allSettled(
      [...this.#logs.values()].map(async (log) => {
        try {
          await log.close();
        } catch (error) {
          this.#deps.logger.error('a transcript could not be written to its end', error);
          await log.abandon();
        }
      }),
    );
  }

  async #openLog(sessionId: string, paths: SessionPaths): Promise<FileTranscriptLog> {
    const { access, clock, fs, logger } = this.#deps;
    return FileTranscriptLog.open({
      ...{ fs, clock, logger, sessionId },
      file: paths.transcript,
      openFile: () => this.#openFile(paths.transcript),
      onClosed: async () => {
        this.#logs.delete(sessionId);
        await access.release(paths);
      },
    });
  }

  async #openFile(file: string): Promise<number> {
    const { access, fs } = this.#deps;
    await access.ensureFolders();
    const fd = await fs.open(file, 'a+', fileMode);
    try {
      await keepToUser(fs, fd);
      return fd;
    } catch (error) {
      await fs.close(fd);
      throw error;
    }
  }
}
