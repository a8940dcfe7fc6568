import type { Issue, Issued, Pair } from "../issuance.ts";
import type { NewContent } from "./content.ts";
import type { Lifetimes, Step } from "./plan.ts";

interface MakeOptions {
  readonly names: readonly string[];
  readonly lifetimes: Lifetimes;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly issue: Issue;
}

/** Makes the keys and certificates of a step. */
export async function make(
  step: Exclude<Step, { readonly do: "nothing" }>,
  { names, lifetimes, now, issue }: MakeOptions,
): Promise<NewContent> {
  const newLeaf = { commonName: "dualstack-webhook", dnsNames: names, ipAddresses: [], validMs: lifetimes.leaf };
  switch (step.do) {
    case "make authority": {
      // Two that stand side by side in a caBundle have different names.
      const commonName = `dualstack-webhook-ca ${new Date(now).toISOString()}`;
      const authority = { commonName, validMs: lifetimes.authority };
      const made = await issue({ authority, leaf: step.leaf === undefined ? newLeaf : undefined, now });
      return { authority: made.authority, leaf: step.leaf ?? leafOf(made), ...step.retired };
    }
    case "make leaf": {
      const made = await issue({ authority: step.authority, leaf: newLeaf, now });
      return { authority: step.authority, leaf: leafOf(made), ...step.retired };
    }
    case "change retired":
      return { authority: step.authority, leaf: step.leaf, ...step.retired };
  }
}

function leafOf({ leaf }: Issued): Pair {
  if (leaf === undefined) throw new Error("no certificate was made");
  return leaf;
}
