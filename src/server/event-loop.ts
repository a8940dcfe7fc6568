/** Whether the event loop is behind, by how late a timer is. */
export interface EventLoop {
  readonly isLagging: () => boolean;
  readonly stop: () => void;
}

const tickMs = 100;
/** A connection and a call take five turns or so, and a call has five seconds by our manifests. */
const lateMs = 250;
/** One long pause is a collection of garbage or a large body. Only one after the other is more than we can do. */
const lateTicks = 3;
const punctualMs = 50;
/** Half a second: whoever was asked to come again in a second finds it over. */
const punctualTicks = 5;

export function watchEventLoop(now: () => number = () => performance.now()): EventLoop {
  const lag = lagOf();
  let last = now();
  const timer = setInterval(() => {
    const at = now();
    lag.observe(at - last - tickMs);
    last = at;
  }, tickMs);
  timer.unref();
  return {
    isLagging: lag.isLagging,
    stop() {
      clearInterval(timer);
    },
  };
}

/** Tells from how late its ticks are. Begins after some late ticks in a row, and ends after some punctual ones: in between it stays what it was. */
export function lagOf() {
  let late = 0;
  let punctual = 0;
  let isLagging = false;
  return {
    isLagging: () => isLagging,
    /** By how many milliseconds a tick was late. */
    observe(ms: number): void {
      late = ms > lateMs ? late + 1 : 0;
      punctual = ms < punctualMs ? punctual + 1 : 0;
      isLagging = isLagging ? punctual < punctualTicks : late >= lateTicks;
    },
  };
}
