import type { Level, LevelWithSilent } from "pino";

/** The part of the logger that this needs. */
interface Levelled {
  level: LevelWithSilent | (string & {});
  info(data: object, message: string): void;
}

/**
 * Node keeps SIGUSR1 for its inspector, and SIGHUP has to end a program whose terminal is closed. There is no file to read
 * anew: all settings are flags and variables, which nobody can change in a process that runs.
 */
const signal = "SIGUSR2";

/** From now on the signal switches between the level that was set and `debug`, or `info` where that is what was set. */
export function switchLevelOnSignal(log: Levelled): { readonly stop: () => void } {
  const configured = log.level;
  const other: Level = configured === "debug" || configured === "trace" ? "info" : "debug";
  const change = (): void => {
    const [from, to] = log.level === configured ? [configured, other] : [other, configured];
    // Told while the more talkative of the two is in force: at another level the line would be lost.
    const isTalkative = to === "debug" || to === "trace";
    if (isTalkative) log.level = to;
    log.info({ from, to, signal }, "log level changed");
    log.level = to;
  };
  process.on(signal, change);
  return { stop: () => void process.off(signal, change) };
}
