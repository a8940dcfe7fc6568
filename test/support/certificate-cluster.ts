import type { ApiClient, ApiResponse } from "../../src/kubernetes/client.ts";

/** As much of an API server as keeps one Secret and our two webhook configurations. */
export interface CertificateCluster {
  readonly client: ApiClient;
  /** What stands in the Secret, decoded; undefined: there is no Secret. */
  secret(): Readonly<Record<string, string>> | undefined;
  /** Replaces it. */
  putSecret(data: Readonly<Record<string, string>> | undefined, fields?: object): void;
  /** The caBundle of every entry, decoded. */
  bundles(): readonly string[];
  setBundles(text: string): void;
  /** As somebody else who writes both, by whom every resourceVersion changes. */
  touch(): void;
  annotateConfigurations(annotations: Readonly<Record<string, string>>): void;
  removeConfigurations(): void;
  /** Answers calls whose line (GET /path) it matches with this status; undefined: as usual. */
  refuse(call: RegExp, status: number | undefined): void;
  /** Lines of all calls so far. */
  readonly calls: readonly string[];
}

interface StoredObject {
  readonly metadata: { readonly resourceVersion: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly webhooks?: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

const secretPath = "/api/v1/namespaces/dualstack-system/secrets/dualstack-webhook-ca";
const configurationPaths = ["mutating", "validating"].map(
  (kind) => `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/dualstack-webhook`,
);

export function certificateCluster(): CertificateCluster {
  const objects = new Map<string, StoredObject>();
  const refusals = new Map<string, { readonly call: RegExp; readonly status: number }>();
  const calls: string[] = [];
  let version = 100;

  function store(path: string, object: object): void {
    version += 1;
    const { metadata = {}, ...rest } = object as { readonly metadata?: object };
    objects.set(path, { ...rest, metadata: { ...metadata, resourceVersion: String(version) } });
  }

  function answer(status: number, body: unknown = { kind: "Status", code: status }): ApiResponse {
    return { status, body: JSON.stringify(body), retryAfterMs: undefined, warnings: [] };
  }

  function refused(call: string): ApiResponse | undefined {
    calls.push(call);
    const found = [...refusals.values()].find((each) => each.call.test(call));
    return found && answer(found.status);
  }

  function put(path: string, body: StoredObject): ApiResponse {
    if (body.metadata.resourceVersion !== objects.get(path)?.metadata.resourceVersion) return answer(409);
    store(path, body);
    return answer(200, objects.get(path));
  }

  /** The operations that the program uses. */
  function patch(path: string, operations: readonly { readonly path: string; readonly value: string }[]): ApiResponse {
    const object = objects.get(path);
    const [test, ...changes] = operations;
    if (object?.metadata.resourceVersion !== test?.value)
      return answer(422, { message: "testing value /metadata/resourceVersion failed: test failed" });
    const webhooks = object?.webhooks?.map((entry, index) => {
      const change = changes.find((each) => each.path === `/webhooks/${index}/clientConfig/caBundle`);
      return change === undefined ? entry : { clientConfig: { caBundle: change.value } };
    });
    store(path, { ...object, webhooks });
    return answer(200, objects.get(path));
  }

  function changeConfigurations(change: (object: StoredObject) => object): void {
    for (const path of configurationPaths)
      store(path, change(objects.get(path) ?? { metadata: { resourceVersion: "" } }));
  }

  store(secretPath, { metadata: { name: "dualstack-webhook-ca" }, type: "Opaque" });
  changeConfigurations(() => ({ metadata: {}, webhooks: [{ clientConfig: {} }, { clientConfig: {} }] }));

  return {
    client: {
      get: async (path) => refused(`GET ${path}`) ?? (objects.has(path) ? answer(200, objects.get(path)) : answer(404)),
      write: async (method, path, { body }) =>
        refused(`${method} ${path}`) ??
        (!objects.has(path)
          ? answer(404)
          : method === "PUT"
            ? put(path, JSON.parse(body) as StoredObject)
            : patch(path, JSON.parse(body) as { path: string; value: string }[])),
      stream: () => Promise.reject(new Error("nothing is watched")),
      close: () => {},
    },
    secret() {
      const stored = objects.get(secretPath);
      const entries = Object.entries(stored?.data ?? {});
      return stored && Object.fromEntries(entries.map(([key, text]) => [key, Buffer.from(text, "base64").toString()]));
    },
    putSecret(data, fields = { type: "Opaque" }) {
      if (data === undefined) {
        objects.delete(secretPath);
        return;
      }
      const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
      store(secretPath, { metadata: {}, ...fields, data: Object.fromEntries(encoded) });
    },
    bundles: () =>
      configurationPaths.flatMap((path) =>
        (objects.get(path)?.webhooks ?? []).map(({ clientConfig: { caBundle = "" } }) =>
          Buffer.from(caBundle, "base64").toString(),
        ),
      ),
    setBundles(text) {
      const caBundle = Buffer.from(text).toString("base64");
      changeConfigurations((object) => ({
        ...object,
        webhooks: object.webhooks?.map(() => ({ clientConfig: { caBundle } })),
      }));
    },
    touch: () => changeConfigurations((object) => object),
    annotateConfigurations(annotations) {
      changeConfigurations((object) => ({ ...object, metadata: { annotations } }));
    },
    removeConfigurations() {
      for (const path of configurationPaths) objects.delete(path);
    },
    refuse(call, status) {
      if (status === undefined) refusals.delete(call.source);
      else refusals.set(call.source, { call, status });
    },
    calls,
  };
}
