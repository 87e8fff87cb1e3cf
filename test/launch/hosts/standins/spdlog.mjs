// Stands in for VS Code's native log writer, which npm would have to compile: the same calls, the same lines, written by Node.
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];

/** One log file. */
export class Logger {
  #file;
  #level = 2;
  #plain = false;

  constructor(_type, _name, file) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = file;
  }

  trace(message) {
    this.#write(0, message);
  }

  debug(message) {
    this.#write(1, message);
  }

  info(message) {
    this.#write(2, message);
  }

  warn(message) {
    this.#write(3, message);
  }

  error(message) {
    this.#write(4, message);
  }

  critical(message) {
    this.#write(5, message);
  }

  getLevel() {
    return this.#level;
  }

  setLevel(level) {
    this.#level = level;
  }

  /** VS Code asks for one pattern only, the one that `#write` follows. */
  setPattern() {
    this.#plain = false;
  }

  clearFormatters() {
    this.#plain = true;
  }

  flush() {
    // Every line is in the file when its call returns.
  }

  drop() {
    // Nothing is held.
  }

  #write(level, message) {
    if (level < this.#level) {
      return;
    }
    const at = new Date().toISOString().replace('T', ' ').replace('Z', '');
    const line = this.#plain ? message : `${at} [${levels[level]}] ${message}\n`;
    try {
      appendFileSync(this.#file, line);
    } catch {
      // The folder of the logs may go before the last line comes; a lost log line harms nobody.
    }
  }
}

/** The level belongs to each logger. */
export function setLevel() {
  // Nothing to set for all.
}

/** Lines are never held back. */
export function setFlushOn() {
  // Nothing to flush.
}

/** A logger for a file; old files are not rotated away, for no host here lives long. */
export function createRotatingLogger(name, file) {
  return Promise.resolve(new Logger('rotating', name, file));
}

/** The same: there is no other thread. */
export const createAsyncRotatingLogger = createRotatingLogger;
