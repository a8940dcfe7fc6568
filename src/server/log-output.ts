import { once } from "node:events";
import { openSync } from "node:fs";
import { pino } from "pino";

/** Where log lines go. */
export interface LogOutput {
  /** Takes whole lines, each with its end. */
  readonly write: (lines: string) => void;
  /** Resolves when all is written, or cannot be: before it the process must not end. */
  readonly close: () => Promise<void>;
}

/** A write for each line costs more than the decision that it reports. */
const chunkLength = 32_768;
/** Lines are at most this late. */
const flushMs = 100;
/** What waits for a reader that does not read; then lines are dropped, since serving matters more. */
const mostWaitingBytes = 8 * 1024 * 1024;
/** For a reader that does not read, at the end. */
const longestCloseMs = 1000;

/** Appends to the file, or writes to stdout. A text says why the file cannot be opened. */
export function openLogOutput(file: string | undefined): LogOutput | string {
  try {
    return chunks(destinationOf(file === undefined ? 1 : openSync(file, "a")));
  } catch (error) {
    return `--log-file ${file ?? ""} cannot be opened (${reasonOf(error)}): its folder must exist, and the file be writable.`;
  }
}

interface Destination {
  readonly write: (chunk: Buffer) => void;
  readonly close: () => Promise<void>;
}

/**
 * Lines go to the library a chunk at a time and as bytes: it copies all the text that waits whenever a line is added to it,
 * which took longer than the decision did.
 */
function chunks(destination: Destination): LogOutput {
  let waiting = "";
  const handOver = (): void => {
    if (waiting === "") return;
    destination.write(Buffer.from(waiting));
    waiting = "";
  };
  const flushing = setInterval(handOver, flushMs).unref();
  return {
    write(lines) {
      waiting += lines;
      if (waiting.length >= chunkLength) handOver();
    },
    close() {
      clearInterval(flushing);
      handOver();
      return destination.close();
    },
  };
}

/**
 * On a full disk lines are dropped, which is said once. The library would wait for space for ever at exit.
 */
function destinationOf(file: number): Destination {
  const options = { dest: file, sync: false, contentMode: "buffer", maxLength: mostWaitingBytes } as const;
  const destination = pino.destination(options);
  let broken = false;
  destination.on("error", (error: unknown) => {
    if (broken) return;
    broken = true;
    destination.destroy();
    process.stderr.write(
      `dualstack-webhook: the log cannot be written (${reasonOf(error)}); it serves on without one.\n`,
    );
  });
  return {
    write(chunk) {
      // The library's types know of text only; with this content mode it takes bytes.
      if (!broken) (destination.write as (chunk: Buffer | string) => boolean)(chunk);
    },
    async close() {
      if (broken) return;
      const closed = once(destination, "close", { signal: AbortSignal.timeout(longestCloseMs) });
      destination.end();
      await closed.catch(() => undefined);
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
