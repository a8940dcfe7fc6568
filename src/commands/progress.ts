import type { Io } from "./io.ts";

export interface Progress {
  readonly report: (text: string) => void;
  /** Takes the line away. */
  readonly clear: () => void;
}

/** What takes less is over before it could be read. */
const silentMs = 500;
/** Ten times a second is as fast as people read numbers that change. */
const everyMs = 100;

/** One line on standard error that is rewritten, where that is a terminal and the work takes long. */
export function progressOn({ stderr, now }: Io): Progress {
  const started = now();
  let shownAt: number | undefined;
  return {
    report: (text) => {
      const at = now();
      if (!stderr.isTerminal || at - started < silentMs) return;
      if (shownAt !== undefined && at - shownAt < everyMs) return;
      shownAt = at;
      stderr.write(`\r\u001B[K${text}`);
    },
    clear: () => {
      if (shownAt !== undefined) stderr.write("\r\u001B[K");
      shownAt = undefined;
    },
  };
}
