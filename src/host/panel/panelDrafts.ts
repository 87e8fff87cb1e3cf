// Drafts of prompts, kept in the workspace's memory so that they outlive their panel and its window.
import * as z from 'zod/mini';
import { type KeptDraft, keptDraftSchema } from '../../chatProtocol/composing.ts';

/** The part of the editor's memory that drafts need. */
export interface DraftMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const key = 'roost.drafts';
/** How many sessions' drafts are kept: the ones that were written last. */
const keptDrafts = 100;
/** A draft with more than this, in UTF-16 units, is kept without its attachments. */
const sizeLimit = 500_000;

const storedSchema = z.catch(z.array(z.tuple([z.string(), keptDraftSchema])), []);

/** Drafts by session. */
export class PanelDrafts {
  readonly #memory: DraftMemory;
  readonly #drafts: Map<string, KeptDraft>;

  constructor(memory: DraftMemory) {
    this.#memory = memory;
    this.#drafts = new Map(storedSchema.parse(memory.get(key)));
  }

  /** What was written in a session and not sent. */
  get(sessionId: string): KeptDraft | undefined {
    return this.#drafts.get(sessionId);
  }

  /** Keeps a draft; an empty one is forgotten. Resolves when it is kept. */
  async set(sessionId: string, draft: KeptDraft): Promise<void> {
    this.#drafts.delete(sessionId);
    if (draft.text !== '' || draft.attached.length > 0) {
      const small = JSON.stringify(draft).length <= sizeLimit;
      this.#drafts.set(sessionId, small ? draft : { ...draft, attached: [] });
    }
    for (const oldest of this.#drafts.keys()) {
      if (this.#drafts.size <= keptDrafts) break;
      this.#drafts.delete(oldest);
    }
    await this.#memory.update(key, [...this.#drafts]);
  }

  /** Forgets a session that is gone. */
  async forget(sessionId: string): Promise<void> {
    if (this.#drafts.delete(sessionId)) await this.#memory.update(key, [...this.#drafts]);
  }
}
