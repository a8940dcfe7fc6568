import { ApiFailure, describeError, statusFailure } from "../../kubernetes/api-failure.ts";
import type { ApiClient } from "../../kubernetes/client.ts";
import { asObject, parseObject, textOf } from "../../kubernetes/list.ts";
import type { Raw } from "../../kubernetes/list.ts";
import { certificatesIn } from "./pem.ts";

/** One of our two webhook configurations, as far as it says whom the API server trusts. */
export type Configuration = FoundConfiguration | NoConfiguration | UnreadConfiguration;

export interface FoundConfiguration {
  readonly outcome: "found";
  readonly kind: ConfigurationKind;
  readonly resourceVersion: string;
  /** The authorities in the caBundle of each entry. */
  readonly bundles: readonly (readonly string[])[];
  /** cert-manager's annotation: its injector writes the caBundle. */
  readonly injectedFrom: string | undefined;
}

interface NoConfiguration {
  /** It does not exist, so that the API server calls nobody. */
  readonly outcome: "absent";
  readonly kind: ConfigurationKind;
}

interface UnreadConfiguration {
  readonly outcome: "failed";
  readonly kind: ConfigurationKind;
  readonly problem: string;
}

const kinds = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] as const;
type ConfigurationKind = (typeof kinds)[number];

/** As deploy/ has both: the right to change them is for this name. */
const name = "dualstack-webhook";
const injectAnnotation = "cert-manager.io/inject-ca-from";

/** Never throws. */
export function readConfigurations(client: ApiClient, signal: AbortSignal): Promise<readonly Configuration[]> {
  return Promise.all(kinds.map((kind) => readConfiguration(client, kind, signal)));
}

/** Whether every entry of all that are there trusts the authority; undefined: not all could be read. */
export function isTrusted(configurations: readonly Configuration[], authority: string): boolean | undefined {
  if (configurations.some(({ outcome }) => outcome === "failed")) return undefined;
  return configurations.every(
    (each) => each.outcome !== "found" || each.bundles.every((bundle) => bundle.includes(authority)),
  );
}

/** All that any entry trusts. */
export function authoritiesIn(configurations: readonly Configuration[]): readonly string[] {
  return [...new Set(configurations.flatMap((each) => (each.outcome === "found" ? each.bundles.flat() : [])))];
}

/**
 * Writes these authorities, and no others, into the caBundle of every entry that has not just them. Gives whether anything
 * was written; "conflict": somebody else was faster, so what it was decided on is out of date.
 */
export async function writeBundles(
  client: ApiClient,
  { kind, resourceVersion, bundles }: FoundConfiguration,
  authorities: readonly string[],
): Promise<"written" | "nothing to do" | "conflict"> {
  const caBundle = Buffer.from(authorities.join("")).toString("base64");
  const changes = bundles.flatMap((bundle, index) =>
    isSame(bundle, authorities)
      ? []
      : [{ op: "add", path: `/webhooks/${index}/clientConfig/caBundle`, value: caBundle }],
  );
  if (changes.length === 0) return "nothing to do";
  const path = pathOf(kind);
  const answer = await client.write("PATCH", path, {
    // The indexes are those of the version that was read.
    body: JSON.stringify([{ op: "test", path: "/metadata/resourceVersion", value: resourceVersion }, ...changes]),
    contentType: "application/json-patch+json",
  });
  if (answer.status === 409 || (answer.status === 422 && answer.body.includes("testing value"))) return "conflict";
  if (answer.status !== 200) throw statusFailure(answer.status, `PATCH ${path}`, answer.body, answer.retryAfterMs);
  return "written";
}

async function readConfiguration(
  client: ApiClient,
  kind: ConfigurationKind,
  signal: AbortSignal,
): Promise<Configuration> {
  const path = pathOf(kind);
  try {
    const { status, body } = await client.get(path, { signal });
    if (status !== 200) throw statusFailure(status, `GET ${path}`, body);
    return { outcome: "found", kind, ...configurationIn(parseObject(body, `GET ${path}`), `GET ${path}`) };
  } catch (error) {
    if (error instanceof ApiFailure && error.reason === "not-found") return { outcome: "absent", kind };
    return { outcome: "failed", kind, problem: describeError(error) };
  }
}

function configurationIn(raw: Raw, about: string): Omit<FoundConfiguration, "outcome" | "kind"> {
  const metadata = asObject(raw["metadata"], `${about}: metadata`);
  const entries: unknown = raw["webhooks"] ?? [];
  if (!Array.isArray(entries)) throw new ApiFailure("unreadable", `${about}: webhooks is not a list`);
  const injectedFrom = asObject(metadata["annotations"] ?? {}, `${about}: annotations`)[injectAnnotation];
  return {
    resourceVersion: textOf(metadata["resourceVersion"], `${about}: metadata.resourceVersion`),
    bundles: entries.map((entry) => bundleOf(asObject(entry, `${about}: an entry`), about)),
    injectedFrom: typeof injectedFrom === "string" ? injectedFrom : undefined,
  };
}

function bundleOf(entry: Raw, about: string): readonly string[] {
  const caBundle = asObject(entry["clientConfig"], `${about}: clientConfig`)["caBundle"];
  return typeof caBundle === "string" ? certificatesIn(Buffer.from(caBundle, "base64").toString("utf8")) : [];
}

function isSame(bundle: readonly string[], authorities: readonly string[]): boolean {
  return bundle.length === authorities.length && authorities.every((authority) => bundle.includes(authority));
}

function pathOf(kind: ConfigurationKind): string {
  return `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s/${name}`;
}
