/**
 * Collects what arrives during one turn of the event loop and does it together once all of it has been read: first every
 * answer, then every report of one. Between two system calls code runs cold; ten decisions in a row cost hardly more than
 * three that are interrupted by reading and writing. A lone request waits for nothing but the end of its turn. A job that
 * throws goes to `onBug`, and takes none of the others with it.
 */
export function buildBatch(onBug: (error: unknown) => void): Batch {
  let answers: (() => void)[] = [];
  let reports: (() => void)[] = [];
  const guarded = (job: () => void): void => {
    try {
      job();
    } catch (error) {
      onBug(error);
    }
  };
  const flush = (): void => {
    const arrived = answers;
    answers = [];
    for (const answer of arrived) guarded(answer);
    const answered = reports;
    reports = [];
    for (const report of answered) guarded(report);
  };
  return {
    answer(job) {
      if (answers.length === 0) setImmediate(flush);
      answers.push(job);
    },
    report(job) {
      reports.push(job);
    },
  };
}

export interface Batch {
  readonly answer: (job: () => void) => void;
  /** Called by an answer, about itself. */
  readonly report: (job: () => void) => void;
}
