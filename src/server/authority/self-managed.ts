import { describeError } from "../../kubernetes/api-failure.ts";
import type { ApiClient } from "../../kubernetes/client.ts";
import type { Clock } from "../../kubernetes/clock.ts";
import type { Raw } from "../../kubernetes/list.ts";
import { certificateFault } from "../certificate-files.ts";
import type { CertificateSource } from "../certificates.ts";
import { issue as issueInChild } from "../issuance.ts";
import type { Issue } from "../issuance.ts";
import { bundleKeeper } from "./bundle-keeper.ts";
import { readContent } from "./content.ts";
import type { Content, Kept, SignedCertificate } from "./content.ts";
import { make } from "./make.ts";
import { lifetimes as usualLifetimes, nextStep } from "./plan.ts";
import type { Lifetimes } from "./plan.ts";
import { configurationProblem, contentProblem, problemLog } from "./problems.ts";
import { secretStore } from "./secret.ts";
import { authoritiesIn, isTrusted, readConfigurations } from "./trust.ts";
import type { Configuration } from "./trust.ts";
import { writersTurn } from "./turn.ts";

/** A certificate that stands in a Secret of ours. One of several replicas renews it and has the API server trust it; all serve it. */
export interface SelfManagedCertificate extends Omit<CertificateSource, "current" | "close"> {
  /** undefined: there has been none yet. */
  current(): SignedCertificate | undefined;
  /** When the authority ends that signs the next one; undefined: not known. */
  authorityExpiry(): Date | undefined;
  /** Whether the API server trusted the current one when that was last looked at; undefined: not known. */
  trusted(): boolean | undefined;
  /** Resolves with the first certificate; never where there is none. */
  readonly first: Promise<void>;
  stop(): Promise<void>;
}

export interface SelfManagedOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly log: SelfManagedLog;
  /** Where the Secret is. */
  readonly namespace: string;
  /** DNS names that the certificate must carry; the first is its subject. */
  readonly names: readonly string[];
  /** Says which replica writes, unless one is cut off that does not hold it. */
  readonly lease: { readonly held: boolean; onHeld(listener: () => void): void };
  /** Called with each certificate. */
  readonly onChange: (certificate: SignedCertificate) => void;
  /** Called once for each later certificate and once for each distinct fault. */
  readonly onReload?: (result: "success" | "failure") => void;
  /** Shorter ones, for tests. */
  readonly lifetimes?: Lifetimes | undefined;
  /** Makes certificates in another way, for tests. */
  readonly issue?: Issue;
}

interface SelfManagedLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

interface Serving {
  readonly leaf: SignedCertificate;
  readonly trusted: readonly string[];
}

interface Found {
  readonly stored: Raw;
  readonly content: Content;
}

/** The Secret and the configurations are read so often. A caBundle that somebody removed is put back within this time. */
const calmMs = 10_000;
/** While something is under way: the first certificate, or a change that has to arrive. */
const busyMs = 1_000;

/** Starts to read the Secret, for ever. Failures are logged when they begin, and harm nothing that is served. */
export function startSelfManaged(options: SelfManagedOptions): SelfManagedCertificate {
  const { client, clock, random, log, names, lease, onChange, onReload, issue = issueInChild } = options;
  const lifetimes = options.lifetimes ?? usualLifetimes;
  const secret = secretStore(client, options.namespace);
  const stopping = new AbortController();
  const { signal } = stopping;
  const problems = problemLog(log, () => onReload?.("failure"));
  const bundles = bundleKeeper({ client, clock, log, problems, settleMs: lifetimes.settle });
  const turn = writersTurn({ lease, clock, log });
  const first = Promise.withResolvers<void>();
  let serving: Serving | undefined;
  let authorityEnd: Date | undefined;
  let isServingTrusted: boolean | undefined;
  let everTrusted = false;
  let newest: { readonly cert: string; readonly trustedSinceMs: number } | undefined;
  let wake = (): void => undefined;
  let woken = false;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      woken = false;
      const isCalm = await look().catch((error: unknown) => {
        log.error({ problem: describeError(error) }, "self-managed certificate: a bug");
        return true;
      });
      await pause((isCalm ? calmMs : busyMs) * (0.8 + 0.4 * random()));
    }
  }

  /** One round: everything is read, one thing is changed. Gives whether nothing is under way. */
  async function look(): Promise<boolean> {
    // The Secret last: what is written into the configurations is then never older than what was found in them.
    const configurations = await readConfigurations(client, signal);
    const found = await read();
    if (signal.aborted) return true;
    if (typeof found !== "string" && found.content.outcome === "ours") note(found.content.kept, configurations);
    isServingTrusted = serving && isTrusted(configurations, serving.leaf.signedBy);
    if (isServingTrusted === true) everTrusted = true;
    problems.say(
      "Secret",
      typeof found === "string" ? found : contentProblem(found.content, secret.name, serving !== undefined),
    );
    for (const each of configurations) problems.say(each.kind, configurationProblem(each));
    turn.see(!isUsable(serving) || isServingTrusted === false);
    const isDone = !turn.isOurs || (await change(found, configurations));
    return isDone && serving !== undefined && (isServingTrusted ?? true);
  }

  /** What stands in the Secret, or why that is not known. */
  async function read(): Promise<Found | string> {
    try {
      const stored = await secret.read(signal);
      return { stored, content: readContent(stored, names, new Date(clock.now())) };
    } catch (error) {
      return describeError(error);
    }
  }

  /** Takes over what was found, where the API server trusts it. */
  function note({ authority, leaf, trusted }: Kept, configurations: readonly Configuration[]): void {
    authorityEnd = authority?.notAfter;
    const isNewestTrusted = authority !== undefined && isTrusted(configurations, authority.cert) === true;
    if (!isNewestTrusted) newest = undefined;
    else if (newest?.cert !== authority.cert) newest = { cert: authority.cert, trustedSinceMs: clock.elapsed() };
    if (leaf !== undefined && mayServe(leaf, configurations)) adopt(leaf, trusted);
  }

  /** One that works is not given up for one that the API server does not trust yet. */
  function mayServe(leaf: SignedCertificate, configurations: readonly Configuration[]): boolean {
    return !isUsable(serving) || isTrusted(configurations, leaf.signedBy) === true;
  }

  function isUsable(served: Serving | undefined): boolean {
    return served !== undefined && certificateFault(served.leaf, new Date(clock.now())) === undefined;
  }

  function adopt(leaf: SignedCertificate, trusted: readonly string[]): void {
    const before = serving?.leaf;
    serving = { leaf, trusted };
    if (before?.cert === leaf.cert && before.key === leaf.key) return;
    onChange(leaf);
    log.info({ secret: secret.name, notAfter: leaf.notAfter, names }, "certificate loaded");
    if (before === undefined) first.resolve();
    else onReload?.("success");
  }

  /** What the replica that writes does. Gives whether there was nothing to do. */
  async function change(found: Found | string, configurations: readonly Configuration[]): Promise<boolean> {
    if (typeof found === "string" || found.content.outcome === "foreign") {
      const authorities = serving?.trusted ?? [];
      return authorities.length === 0 || bundles.keep(configurations, { authorities, areAll: false });
    }
    const written = await write(found, configurations);
    const content = written ?? found.content;
    if (content.outcome !== "ours") return false;
    if (written !== undefined) note(content.kept, configurations);
    const isKept = await bundles.keep(configurations, { authorities: content.kept.trusted, areAll: true });
    return isKept && written === undefined;
  }

  /** Gives what stands in the Secret then; undefined: nothing was written. */
  async function write(
    { stored, content }: Found,
    configurations: readonly Configuration[],
  ): Promise<Content | undefined> {
    const step = nextStep({
      content,
      serving,
      live: authoritiesIn(configurations),
      newestTrustedForMs: newest && clock.elapsed() - newest.trustedSinceMs,
      now: clock.now(),
      lifetimes,
    });
    const about = "writing the Secret";
    try {
      if (step.do === "nothing") {
        problems.say(about, undefined);
        return undefined;
      }
      const made = await make(step, { names, lifetimes, now: clock.now(), issue });
      // Making it took a moment, in which another replica may have become the one that writes.
      if (!turn.isOurs || signal.aborted) return undefined;
      const stands = await secret.write(stored, made, signal);
      problems.say(about, undefined);
      if (stands === "conflict") {
        log.warn({ secret: secret.name, step: step.do }, "somebody else has written the Secret: it is read again");
        return undefined;
      }
      log.info({ secret: secret.name, step: step.do, why: step.why }, "Secret written");
      return readContent(stands, names, new Date(clock.now()));
    } catch (error) {
      problems.say(about, describeError(error));
      return undefined;
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || woken) return resolve();
      const timer = clock.setTimeout(resolve, ms);
      timer.unref();
      wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  function lookAgain(): void {
    woken = true;
    wake();
  }

  lease.onHeld(lookAgain);
  const ended = run();
  return {
    first: first.promise,
    current: () => serving?.leaf,
    authorityExpiry: () => authorityEnd,
    trusted: () => isServingTrusted,
    check() {
      if (serving === undefined)
        return `there is no certificate yet: ${problems.text() ?? `the replica that holds the Lease makes one`}`;
      const fault = certificateFault(serving.leaf, new Date(clock.now()));
      if (fault !== undefined) return fault;
      return everTrusted || `the webhook configurations do not trust the certificate yet${suffix(problems.text())}`;
    },
    fault: () => problems.text(),
    async stop() {
      stopping.abort();
      lookAgain();
      await ended;
    },
  };
}

function suffix(text: string | undefined): string {
  return text === undefined ? "" : `: ${text}`;
}
