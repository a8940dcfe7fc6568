import type { Entry, Outcome } from "./judge.ts";

export interface Summary {
  /** Services, Ingresses and TargetGroupBindings that were read. */
  readonly objects: number;
  readonly changed: number;
  readonly refused: number;
  readonly allowed: number;
  readonly untouched: number;
  /** Documents of other kinds. */
  readonly otherDocuments: number;
}

export function summaryOf(entries: readonly Entry[]): Summary {
  const outcomes = entries.flatMap((entry) => (entry.kind === "judged" ? [entry.judged.outcome] : []));
  const count = (outcome: Outcome): number => outcomes.filter((each) => each === outcome).length;
  return {
    objects: outcomes.length,
    changed: count("changed"),
    refused: count("refused"),
    allowed: count("allowed"),
    untouched: count("untouched"),
    otherDocuments: entries.filter(({ kind }) => kind === "other").length,
  };
}

/** `6 objects: 4 changed, 1 refused, 1 left as it is; 3 other documents` */
export function summaryText({ objects, changed, refused, allowed, untouched, otherDocuments }: Summary): string {
  const left = allowed + untouched;
  const parts = [
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(left > 0 ? [`${left} left as ${left === 1 ? "it is" : "they are"}`] : []),
  ];
  const counted = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
  const others = otherDocuments === 0 ? "" : `; ${plural(otherDocuments, "other document")}`;
  return `${plural(objects, "object")}${counted}${others}`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
