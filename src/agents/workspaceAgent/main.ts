// The Workspace agent's program: speaks the Agent Client Protocol on standard input and output.
import { Readable, Writable } from 'node:stream';
import { ndJsonStream } from '@agentclientprotocol/sdk';
import { defaultHome, History } from './history.ts';
import { WorkspaceAgent } from './server.ts';

const history = new History(defaultHome(process.env, process.platform), (message) => {
  process.stderr.write(`${message}\n`);
});
const workspaceAgent = new WorkspaceAgent(history);

/** Nothing waits here: what is in progress belongs to a client that is gone, or wants it gone. */
function end(): void {
  workspaceAgent.saveNow();
  process.exit(0);
}

process.once('SIGTERM', end);
process.once('SIGINT', end);
process.once('SIGHUP', end);
// A client that died closes the pipe while something is being written to it.
process.stdout.once('error', end);

// The web streams of Node are those of the DOM in all but their declared types.
const output = Writable.toWeb(process.stdout);
const input = Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>;
const connection = workspaceAgent.app().connect(ndJsonStream(output, input));
void connection.closed.then(end);
