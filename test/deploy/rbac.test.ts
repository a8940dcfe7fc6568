import { expect, it, onTestFinished } from "vitest";
import type { ApiClient } from "../../src/kubernetes/client.ts";
import { watchCluster } from "../../src/kubernetes/cluster-cache.ts";
import { holdLease } from "../../src/kubernetes/lease.ts";
import { watchPolicies } from "../../src/kubernetes/live-policies.ts";
import { watchNamespaces } from "../../src/kubernetes/namespaces.ts";
import { writePolicyStatus } from "../../src/kubernetes/policy-status.ts";
import { patientClock } from "../support/fast-clock.ts";
import { list, renderOverlay } from "./render.ts";

it("the cluster role grants exactly what the watches, the live reads of what was just made and the status of policies ask for", async () => {
  const asked = new Set<string>();
  const options = optionsOf(asked);
  const namespaces = watchNamespaces(options);
  const kinds = ["Ingress", "IngressClass", "IngressClassParams", "Service", "TargetGroupBinding"] as const;
  const cluster = watchCluster({ ...options, kinds: new Set(kinds), labelsOf: () => undefined });
  const policies = watchPolicies({ ...options, knownRules: [] });
  const status = writePolicyStatus({
    ...options,
    knownRules: [],
    lease: { held: true },
    policies: () => policies,
  });
  onTestFinished(() => {
    namespaces.stop();
    cluster.stop();
    policies.stop();
    status.stop();
  });

  await expect.poll(() => cluster.synced && namespaces.watched.synced && policies.set !== undefined).toBe(true);
  await namespaces.labelsOf("made-a-moment-ago", 1_000);
  for (const controller of ["ingress.k8s.aws/alb", "eks.amazonaws.com/alb"]) {
    await cluster.lookUpClass(controller.replaceAll("/", "."), 1_000);
  }
  status.check();
  await expect.poll(() => [...asked]).toContain("patch loadbalancerpolicies/status.dualstack.dev");
  // Of which it has to be found out why it is gone.
  options.client.tell("loadbalancerpolicies", { type: "DELETED", object: policy });

  await expect.poll(() => [...asked].toSorted()).toEqual(granted("ClusterRole").toSorted());
});

it("the role in its own namespace grants exactly what the Lease asks for", async () => {
  const asked = new Set<string>();
  const lease = holdLease({
    ...optionsOf(asked),
    namespace: "dualstack-system",
    name: "dualstack-webhook",
    identity: "a",
  });
  await expect.poll(() => lease.held).toBe(true);
  await lease.stop();
  expect([...asked].toSorted()).toEqual(granted("Role", "dualstack-system").toSorted());
});

function granted(kind: string, namespace?: string): readonly string[] {
  const role = renderOverlay("cluster-wide").find(
    (manifest) => manifest.kind === kind && manifest.metadata.namespace === namespace,
  );
  return list(role, "rules").flatMap((rule) =>
    list(rule, "apiGroups").flatMap((group) =>
      list(rule, "resources").flatMap((resource) =>
        list(rule, "verbs").map((verb) => {
          const [name] = "resourceNames" in Object(rule) ? list(rule, "resourceNames").map(String) : [];
          return request({ verb: String(verb), resource: String(resource), group: String(group), name });
        }),
      ),
    ),
  );
}

interface Request {
  readonly verb: string;
  readonly resource: string;
  readonly group: string;
  /** Where the right is for one object. */
  readonly name?: string | undefined;
}

/** `list ingresses.networking.k8s.io` */
function request({ verb, resource, group, name }: Request): string {
  return `${verb} ${group === "" ? resource : `${resource}.${group}`}${name === undefined ? "" : ` ${name}`}`;
}

function optionsOf(asked: Set<string>) {
  return {
    client: recordingClient(asked),
    clock: patientClock(),
    random: () => 0.5,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
}

interface RecordingClient extends ApiClient {
  /** An event of the watch of a resource. */
  readonly tell: (resource: string, event: object) => void;
}

/** Rights to these are for one of them. */
const named = ["customresourcedefinitions", "leases"];
const policy = { metadata: { name: "p", uid: "1", generation: 1, resourceVersion: "1" }, spec: {} };

/** Every collection but that of policies is empty. */
function recordingClient(asked: Set<string>): RecordingClient {
  const watches = new Map<string, (line: string) => void>();
  return {
    get(path) {
      const { name, resource } = record(path);
      const items = resource === "loadbalancerpolicies" ? [policy] : [];
      return answer(name === undefined ? { metadata: { resourceVersion: "1" }, items } : objectAt(path));
    },
    stream(path, { onLine }) {
      watches.set(record(path).resource, onLine);
      return new Promise(() => {});
    },
    write(method, path) {
      record(path, { PATCH: "patch", PUT: "update", POST: "create" }[method]);
      return answer({});
    },
    close: () => {},
    tell: (resource, event) => watches.get(resource)?.(JSON.stringify(event)),
  };

  function record(
    pathAndQuery: string,
    write?: string,
  ): { readonly name: string | undefined; readonly resource: string } {
    const { pathname, searchParams } = new URL(pathAndQuery, "http://stub");
    const [root, ...rest] = pathname.split("/").slice(1);
    const [group = "", , ...place] = root === "api" ? ["", ...rest] : rest;
    const [resource = "", name, subresource] = place[0] === "namespaces" && place.length > 2 ? place.slice(2) : place;
    const read = name !== undefined ? "get" : searchParams.get("watch") === "true" ? "watch" : "list";
    const about = subresource === undefined ? resource : `${resource}/${subresource}`;
    asked.add(request({ verb: write ?? read, resource: about, group, ...(named.includes(resource) ? { name } : {}) }));
    return { name, resource };
  }
}

function answer(body: object): ReturnType<ApiClient["get"]> {
  return Promise.resolve({ status: 200, body: JSON.stringify(body), retryAfterMs: undefined, warnings: [] });
}

/** An IngressClass is named after its controller, and names its parameters. */
function objectAt(path: string): object {
  const name = path.split("/").at(-1) ?? "";
  const apiGroup = name.startsWith("eks") ? "eks.amazonaws.com" : "elbv2.k8s.aws";
  const parameters = { apiGroup, kind: "IngressClassParams", name };
  const metadata = { name, resourceVersion: "1" };
  return { metadata, spec: { controller: name.replace(".alb", "/alb"), parameters } };
}
