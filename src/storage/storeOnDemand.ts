// A session store that is opened, and its code loaded, with its first use.
import type { OnDemand } from '../session/onDemand.ts';
import type { SessionStore } from '../session/storePort.ts';

/** The store as the domain sees it. */
export function storeOnDemand(store: OnDemand<SessionStore>): SessionStore {
  return {
    list: () => store.use((one) => one.list()),
    load: (sessionId) => store.use((one) => one.load(sessionId)),
    save: (sessionId, state) => store.use((one) => one.save(sessionId, state)),
    open: (sessionId) => store.use((one) => one.open(sessionId)),
    readTranscript: (sessionId) => store.use((one) => one.readTranscript(sessionId)),
    readSlice: (sessionId, options) => store.use((one) => one.readSlice(sessionId, options)),
    search: (...asked) => store.use((one) => one.search(...asked)),
    delete: (sessionId) => store.use((one) => one.delete(sessionId)),
    undoDelete: (sessionId) => store.use((one) => one.undoDelete(sessionId)),
    trashed: () => store.use((one) => one.trashed()),
    emptyTrash: () => store.use((one) => one.emptyTrash()),
    exportSession: (sessionId, file) => store.use((one) => one.exportSession(sessionId, file)),
    importSession: (file) => store.use((one) => one.importSession(file)),
    listIn: (directory) => store.use((one) => one.listIn(directory)),
    bringOver: (directory, sessionId) => store.use((one) => one.bringOver(directory, sessionId)),
  };
}
