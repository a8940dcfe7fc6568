type Fields = Readonly<Record<string, unknown>>;

/**
 * The stored object as `kubectl apply` would leave it: what the manifest has wins, what it had when it was applied last and has
 * no more goes, and what controllers and webhooks have added stays. What only the API server writes is the stored object's.
 */
export function applied(manifest: Fields, stored: Fields): Fields {
  const last = lastApplied(stored);
  const metadata = {
    // kubectl's own note is always among them, so that it never gives up the whole map.
    ...merged({ annotations: {}, ...fieldsOf(manifest["metadata"]) }, stored["metadata"], last["metadata"]),
    finalizers: union(field(stored, "finalizers"), field(manifest, "finalizers")),
    deletionTimestamp: field(stored, "deletionTimestamp"),
  };
  return { ...merged(manifest, stored, last), metadata, status: stored["status"] };
}

/** What kubectl notes on the object whenever it applies one. */
const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

function lastApplied(stored: Fields): Fields {
  const text = fieldsOf(field(stored, "annotations"))?.[lastAppliedAnnotation];
  if (typeof text !== "string") return {};
  try {
    return fieldsOf(JSON.parse(text)) ?? {};
  } catch {
    return {};
  }
}

function field(object: Fields, name: string): unknown {
  return fieldsOf(object["metadata"])?.[name];
}

function merged(manifest: unknown, stored: unknown, last: unknown): Record<string, unknown> {
  const [now, before, then] = [fieldsOf(manifest) ?? {}, fieldsOf(stored) ?? {}, fieldsOf(last) ?? {}];
  const result: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const value = valueOf(key, { now: now[key], before: before[key], last: then[key] });
    if (value !== undefined && value !== null) result[key] = value;
  }
  return result;
}

interface Versions {
  readonly now: unknown;
  readonly before: unknown;
  readonly last: unknown;
}

function valueOf(key: string, { now, before, last }: Versions): unknown {
  // null in a manifest asks for the field to be gone.
  if (now === undefined) return last === undefined ? before : undefined;
  if (fieldsOf(now) !== undefined && fieldsOf(before) !== undefined) return merged(now, before, last);
  if (key === "ports" && Array.isArray(now) && Array.isArray(before)) {
    return mergedPorts(now, before, Array.isArray(last) ? last : []);
  }
  return now;
}

/** Of the lists that rules read, kubectl merges only the ports of a Service: their node ports are allocated. */
function mergedPorts(
  now: readonly unknown[],
  before: readonly unknown[],
  last: readonly unknown[],
): readonly unknown[] {
  return now.map((port) => {
    const isSame = (other: unknown): boolean => portKey(other) === portKey(port);
    const stored = before.find(isSame);
    return stored === undefined ? port : merged(port, stored, last.find(isSame));
  });
}

function portKey(port: unknown): string {
  const { port: number, protocol } = fieldsOf(port) ?? {};
  return JSON.stringify([number, protocol ?? "TCP"]);
}

function union(stored: unknown, manifest: unknown): unknown {
  const lists = [stored, manifest].filter((list) => Array.isArray(list));
  return lists.length === 0 ? undefined : [...new Set(lists.flat())];
}

function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}
