/**
 * Collects what arrives during one turn of the event loop and does it together once all of it has been read: first every
 * answer, then every report of one. Between two system calls code runs cold; ten decisions in a row cost hardly more than
 * three that are interrupted by reading and writing. Where requests come one at a time, none waits for anything. A job that
 * throws goes to `onBug`, and takes none of the others with it.
 */
export function buildBatch({ isAlone, onBug }: BatchOptions): Batch {
  let aloneInARow = 0;
  let isTurnTaken = false;
  let answers: (() => void)[] = [];
  let reports: (() => void)[] = [];
  const guarded = (job: () => void): void => {
    try {
      job();
    } catch (error) {
      onBug(error);
    }
  };
  const endTurn = (): void => {
    isTurnTaken = false;
    const arrived = answers;
    answers = [];
    for (const answer of arrived) guarded(answer);
    const answered = reports;
    reports = [];
    for (const report of answered) guarded(report);
  };
  return {
    answer(job) {
      aloneInARow = isAlone() && !isTurnTaken ? aloneInARow + 1 : 0;
      if (!isTurnTaken) setImmediate(endTurn);
      isTurnTaken = true;
      if (aloneInARow > enoughAlone) guarded(job);
      else answers.push(job);
    },
    report(job) {
      reports.push(job);
    },
  };
}

/** Of many callers, too, one is now and then the first or the last. */
const enoughAlone = 8;

interface BatchOptions {
  /** Whether no other request is under way. */
  readonly isAlone: () => boolean;
  readonly onBug: (error: unknown) => void;
}

export interface Batch {
  readonly answer: (job: () => void) => void;
  /** Called by an answer, about itself. */
  readonly report: (job: () => void) => void;
}
