import type { Pair } from "../issuance.ts";
import type { Content, Kept, SignedCertificate } from "./content.ts";

/** How long things live, and how long a change is left to arrive everywhere. In milliseconds. */
export interface Lifetimes {
  readonly authority: number;
  readonly leaf: number;
  /** Until every API server has read a changed caBundle, and every replica a changed Secret. */
  readonly settle: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Each is renewed when a third is left: a month for a leaf, in which it can be noticed that renewal does not work. */
export const lifetimes: Lifetimes = { authority: 3650 * dayMs, leaf: 90 * dayMs, settle: 5 * 60 * 1000 };

export interface Situation {
  readonly content: Content;
  /** What this replica serves, and the authorities that stood beside it. */
  readonly serving: { readonly leaf: SignedCertificate; readonly trusted: readonly string[] } | undefined;
  /** What the webhook configurations trust now. */
  readonly live: readonly string[];
  /** How long all of them have been seen to trust the newest authority; undefined: they do not. */
  readonly newestTrustedForMs: number | undefined;
  readonly now: number;
  readonly lifetimes: Lifetimes;
}

/** The next write to the Secret. */
export type Step =
  | { readonly do: "nothing" }
  /** The leaf stays, where there is one: until the new authority is trusted everywhere, it must not sign what is served. */
  | { readonly do: "make authority"; readonly why: string; readonly leaf: Pair | undefined; readonly retired: Retired }
  | { readonly do: "make leaf"; readonly why: string; readonly authority: Pair; readonly retired: Retired }
  | {
      readonly do: "change retired";
      readonly why: string;
      readonly authority: Pair;
      readonly leaf: Pair;
      readonly retired: Retired;
    };

interface Retired {
  readonly retired: readonly string[];
  readonly retiredUntil: number | undefined;
}

/** Decides what the replica that writes does next. Steps are small: each leaves every replica's certificate trusted. */
export function nextStep(situation: Situation): Step {
  const { content } = situation;
  if (content.outcome === "foreign") return { do: "nothing" };
  const kept = content.outcome === "ours" ? content.kept : undefined;
  if (kept?.authority === undefined) return restart(situation, kept);
  return goOn(situation, { ...kept, authority: kept.authority });
}

/** There is nothing to sign with: a new authority, beside all that is trusted now, so that no replica is cut off. */
function restart({ serving, live, now, lifetimes: { leaf: leafMs } }: Situation, kept: Kept | undefined): Step {
  const trusted = [...(kept?.trusted ?? []), ...(serving?.trusted ?? []), ...live];
  const why = kept === undefined ? "the Secret is empty" : "the CA in the Secret is unusable";
  const leaf =
    kept?.leaf ?? (serving !== undefined && serving.leaf.notAfter.getTime() > now ? serving.leaf : undefined);
  const until = Math.max(kept?.retiredUntil ?? 0, now + leafMs);
  return { do: "make authority", why, leaf, retired: retiredOf(trusted, until) };
}

function goOn(
  { newestTrustedForMs, now, lifetimes: { authority: authorityMs, leaf: leafMs, settle } }: Situation,
  { authority, leaf, retired, retiredUntil, trusted }: Kept & { readonly authority: NonNullable<Kept["authority"]> },
): Step {
  const remains = retiredOf(retired, retiredUntil ?? now + leafMs);
  if (isDue(authority.notAfter, authorityMs, now)) {
    const until = Math.max(retiredUntil ?? 0, now + leafMs);
    return { do: "make authority", why: "the CA is due", leaf, retired: retiredOf(trusted, until) };
  }
  if (leaf === undefined) {
    return { do: "make leaf", why: "the serving certificate is unusable", authority, retired: remains };
  }
  if (leaf.signedBy !== authority.cert) {
    // Too late is worse than too early: whoever knows the new authority already trusts it.
    const isUrgent = leaf.notAfter.getTime() - now <= settle;
    if (isUrgent || (newestTrustedForMs ?? 0) >= settle) {
      return { do: "make leaf", why: "the new CA is trusted", authority, retired: remains };
    }
    return { do: "nothing" };
  }
  if (isDue(leaf.notAfter, leafMs, now)) {
    return { do: "make leaf", why: "the serving certificate is due", authority, retired: remains };
  }
  if (retired.length > 0 && retiredUntil === undefined) {
    return { do: "change retired", why: "no end is set for CAs of before", authority, leaf, retired: remains };
  }
  if (retired.length > 0 && now >= (retiredUntil ?? 0)) {
    const why = "nobody serves a certificate of the CA before any more";
    return { do: "change retired", why, authority, leaf, retired: retiredOf([], 0) };
  }
  return { do: "nothing" };
}

/** Measured from the end: certificates begin a little before they are made. */
function isDue(notAfter: Date, livesMs: number, now: number): boolean {
  return notAfter.getTime() - now <= livesMs / 3;
}

function retiredOf(authorities: readonly string[], until: number): Retired {
  const retired = [...new Set(authorities)];
  return retired.length === 0 ? { retired, retiredUntil: undefined } : { retired, retiredUntil: until };
}
