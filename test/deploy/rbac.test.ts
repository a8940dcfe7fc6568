import { expect, it, onTestFinished } from "vitest";
import type { ApiClient } from "../../src/kubernetes/client.ts";
import { watchCluster } from "../../src/kubernetes/cluster-cache.ts";
import { watchNamespaces } from "../../src/kubernetes/namespaces.ts";
import { patientClock } from "../support/fast-clock.ts";
import { list, pick, renderOverlay } from "./render.ts";

it("the cluster role grants exactly what the watches and the live reads of what was just made ask for", async () => {
  const asked = new Set<string>();
  const options = {
    client: recordingClient(asked),
    clock: patientClock(),
    random: () => 0.5,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
  const namespaces = watchNamespaces(options);
  const kinds = ["Ingress", "IngressClass", "IngressClassParams", "Service", "TargetGroupBinding"] as const;
  const cluster = watchCluster({ ...options, kinds: new Set(kinds), labelsOf: () => undefined });
  onTestFinished(() => {
    namespaces.stop();
    cluster.stop();
  });

  await expect.poll(() => cluster.synced && namespaces.watched.synced).toBe(true);
  await namespaces.labelsOf("made-a-moment-ago", 1_000);
  for (const controller of ["ingress.k8s.aws/alb", "eks.amazonaws.com/alb"]) {
    await cluster.lookUpClass(controller.replaceAll("/", "."), 1_000);
  }

  await expect.poll(() => [...asked].toSorted()).toEqual(granted().toSorted());
});

function granted(): readonly string[] {
  return list(pick(renderOverlay("cluster-wide"), "ClusterRole"), "rules").flatMap((rule) =>
    list(rule, "apiGroups").flatMap((group) =>
      list(rule, "resources").flatMap((resource) =>
        list(rule, "verbs").map((verb) => request(String(verb), String(resource), String(group))),
      ),
    ),
  );
}

/** `list ingresses.networking.k8s.io` */
function request(verb: string, resource: string, group: string): string {
  return `${verb} ${group === "" ? resource : `${resource}.${group}`}`;
}

/** Every collection is empty, and nothing ever happens in it. */
function recordingClient(asked: Set<string>): ApiClient {
  return {
    get(path) {
      const isObject = record(path);
      const body = isObject ? objectAt(path) : { metadata: { resourceVersion: "1" }, items: [] };
      return Promise.resolve({ status: 200, body: JSON.stringify(body), retryAfterMs: undefined, warnings: [] });
    },
    stream(path) {
      record(path);
      return new Promise(() => {});
    },
    write: (method) => Promise.reject(new Error(`nothing is to be written, not even by ${method}`)),
    close: () => {},
  };

  /** Whether one object is asked for by its name. */
  function record(pathAndQuery: string): boolean {
    const { pathname, searchParams } = new URL(pathAndQuery, "http://stub");
    const [root, ...rest] = pathname.split("/").slice(1);
    const [group = "", , resource = "", name] = root === "api" ? ["", ...rest] : rest;
    const verb = name !== undefined ? "get" : searchParams.get("watch") === "true" ? "watch" : "list";
    asked.add(request(verb, resource, group));
    return name !== undefined;
  }
}

/** An IngressClass is named after its controller, and names its parameters. */
function objectAt(path: string): object {
  const name = path.split("/").at(-1) ?? "";
  const apiGroup = name.startsWith("eks") ? "eks.amazonaws.com" : "elbv2.k8s.aws";
  const parameters = { apiGroup, kind: "IngressClassParams", name };
  return { metadata: { name }, spec: { controller: name.replace(".alb", "/alb"), parameters } };
}
