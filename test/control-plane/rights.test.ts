/**
 * The program with the rights that the installation gives to its service account, and with its token: it is refused nothing,
 * and there is nothing that it does not need.
 */
import { readFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { at, list } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import { reviewOf } from "../support/webhook-app.ts";
import { nameOf } from "./helm-chart.ts";
import { expectSuccess, ingress } from "./kubernetes.ts";
import { readOverlay, toYaml } from "./overlay.ts";
import { startControlPlane, webhookUser } from "./start.ts";
import type { AuditEvent, ControlPlane } from "./start.ts";
import { startWebhook } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

/** A right to do one thing with one kind. */
interface Right {
  readonly verb: string;
  readonly group: string;
  /** With a subresource, as in `pods/log`. */
  readonly resource: string;
  readonly name: string | undefined;
  /** undefined: in all of them, or of a kind that is in none. */
  readonly namespace: string | undefined;
}

let plane: ControlPlane;
let webhook: Webhook;
let port = 0;
let roles: readonly Manifest[];
const namespace = "rights";
beforeAll(async () => {
  plane = await startControlPlane({ audit: true });
  await expectSuccess(plane.kubectl(["create", "-f", "-"], { stdin: await kindsOfAws() }));
  const { manifests } = await readOverlay(plane, "cluster-wide");
  roles = manifests.filter(({ kind }) => kind === "ClusterRole" || kind === "Role");
  const folder = await mkdtemp(join(tmpdir(), "service-account-"));
  webhook = await startWebhook(plane, {
    policies: "cluster",
    connection: () => asInPod(folder),
    flags: ["--shutdown-delay=0"],
    front(own) {
      port = own;
      return Promise.resolve(own);
    },
  });
  await expectSuccess(plane.kubectl(["create", "-f", "-"], { stdin: toYaml(surroundings) }));
  await webhook.configure();
  return async () => {
    await webhook.remove();
    await plane.stop();
    await rm(folder, { recursive: true });
  };
}, 180_000);

it("uses each right, and is refused nothing", { timeout: 120_000 }, async () => {
  await useAll();
  const events = async (): Promise<readonly AuditEvent[]> =>
    (await plane.auditEvents()).filter(({ user }) => user.username === webhookUser.name);
  const unused = async (): Promise<readonly Right[]> => {
    const seen = await events();
    return roles.flatMap(rightsOf).filter((right) => !seen.some((event) => isUse(event, right)));
  };
  await expect.poll(unused, { timeout: 90_000, interval: 500 }).toEqual([]);
  // By the rights; that the canary is refused by the webhook itself is what it is for.
  const decision = "authorization.k8s.io/decision";
  expect((await events()).filter(({ annotations }) => annotations?.[decision] !== "allow")).toEqual([]);
  expect((await webhook.log()).split("\n").filter(isRefusal)).toEqual([]);
});

it("without any one rule of a role, somebody who looks at it sees what is missing", { timeout: 600_000 }, async () => {
  for (const role of roles) {
    const rules = list(role, "rules");
    for (const [index, rule] of rules.entries()) {
      await webhook.stop();
      await apply({ ...role, rules: rules.filter((_, other) => other !== index) });
      const [lost] = rightsOf({ ...role, rules: [rule] } as unknown as Manifest);
      if (lost === undefined) throw new Error(`${nameOf(role)} has an empty rule`);
      await expect.poll(() => may(lost), { timeout: 20_000 }).toBe(false);

      const before = (await webhook.log()).length;
      await webhook.launch();
      const seen = async (): Promise<string> => {
        if ((await webhook.log()).slice(before).split("\n").some(isRefusal)) return "seen";
        const answer = await fetch(`${webhook.healthUrl}/readyz?verbose`);
        if ((await answer.text()).includes("forbidden")) return "seen";
        // An API server that is told to come again does so for as long as it may.
        if (answer.status === 200) await useAll();
        return `not seen: ${JSON.stringify(rule)}`;
      };
      await expect.poll(() => seen().catch(String), { timeout: 60_000, interval: 200 }).toBe("seen");
      await apply(role);
      await expect.poll(() => may(lost), { timeout: 20_000 }).toBe(true);
    }
  }
});

/** A class for each API of AWS, whose parameters are nowhere, so that they are looked for. */
const surroundings = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
  ...["elbv2.k8s.aws", "eks.amazonaws.com"].map((apiGroup) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name: apiGroup },
    spec: {
      controller: apiGroup === "elbv2.k8s.aws" ? "ingress.k8s.aws/alb" : "eks.amazonaws.com/alb",
      parameters: { apiGroup, kind: "IngressClassParams", name: "nowhere" },
    },
  })),
];

const policy = {
  apiVersion: "dualstack.dev/v1alpha1",
  kind: "LoadBalancerPolicy",
  metadata: { name: "passing" },
  spec: { mode: "Off" },
};

/** What makes the program ask for what it has not been told: classes and parameters that are nowhere, and a namespace. */
async function useAll(): Promise<void> {
  for (const ingressClassName of ["elbv2.k8s.aws", "eks.amazonaws.com", "nowhere"]) {
    const web = ingress(namespace, { spec: { ingressClassName } });
    // Judged as it may be: here it counts only that it came.
    await plane.kubectl(["create", "--dry-run=server", "-f", "-"], { stdin: toYaml([web]) });
  }
  // Its status is written, and why it has gone is found out.
  await plane.kubectl(["create", "-f", "-"], { stdin: toYaml([policy]) });
  await plane.kubectl(["wait", "--for=condition=Accepted", "--timeout=5s", "lbpolicy", "passing"]);
  await plane.kubectl(["delete", "lbpolicy", "passing"]);
  const object = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { type: "LoadBalancer" } };
  await send(JSON.stringify(reviewOf(object, { namespace: "created-a-moment-ago" })));
}

/** As the API server would, of a namespace that it has not told of yet. */
async function send(body: string): Promise<void> {
  const ca = await readFile(join(webhook.tlsDir, "ca.crt"), "utf8");
  await new Promise<void>((resolve, reject) => {
    const call = request(
      `https://localhost:${port}/mutate?timeout=3s`,
      { method: "POST", ca, headers: { "content-type": "application/json" } },
      (answer) => answer.resume().once("end", resolve),
    );
    call.once("error", reject);
    call.end(body);
  });
}

/** What the kubelet puts into a pod. */
async function asInPod(folder: string) {
  const create = ["create", "token", "dualstack-webhook", "--namespace=dualstack-system"];
  const { stdout } = await expectSuccess(plane.kubectl(create));
  await writeFile(join(folder, "token"), stdout.trim());
  await writeFile(join(folder, "ca.crt"), plane.caPem);
  const { hostname, port: apiPort } = new URL(plane.url);
  return {
    flags: ["--in-cluster", `--service-account-dir=${folder}`],
    environment: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: apiPort },
  };
}

/** Of the AWS Load Balancer Controller and of EKS Auto Mode. */
async function kindsOfAws(): Promise<string> {
  const read = (file: string): Promise<string> => readFile(join(import.meta.dirname, "crds", file), "utf8");
  const [bindings, params] = await Promise.all([read("targetgroupbindings.yaml"), read("ingressclassparams.yaml")]);
  const ofEks = params.replaceAll("elbv2.k8s.aws", "eks.amazonaws.com").replaceAll("v1beta1", "v1");
  return [bindings, params, ofEks].join("\n---\n");
}

function rightsOf(role: Manifest): readonly Right[] {
  const texts = (rule: unknown, key: string): readonly string[] => list(rule, key).map(String);
  return list(role, "rules").flatMap((rule) => {
    const names = at(rule, "resourceNames") === undefined ? [undefined] : texts(rule, "resourceNames");
    return texts(rule, "apiGroups").flatMap((group) =>
      texts(rule, "resources").flatMap((resource) =>
        texts(rule, "verbs").flatMap((verb) =>
          names.map((name) => ({ verb, group, resource, name, namespace: role.metadata.namespace })),
        ),
      ),
    );
  });
}

function isUse({ verb, objectRef: ref }: AuditEvent, right: Right): boolean {
  const resource = ref.subresource === undefined ? ref.resource : `${ref.resource}/${ref.subresource}`;
  return (
    verb === right.verb &&
    (ref.apiGroup ?? "") === right.group &&
    resource === right.resource &&
    (right.name === undefined || ref.name === right.name) &&
    (right.namespace === undefined || ref.namespace === right.namespace)
  );
}

async function may({ verb, group, resource, name, namespace: where }: Right): Promise<boolean> {
  const [kind = "", subresource] = resource.split("/");
  const what = `${group === "" ? kind : `${kind}.${group}`}${name === undefined ? "" : `/${name}`}`;
  const options = [
    ...(subresource === undefined ? [] : [`--subresource=${subresource}`]),
    ...(where === undefined ? ["--all-namespaces"] : [`--namespace=${where}`]),
  ];
  return (await plane.kubectl(["auth", "can-i", "--quiet", verb, what, ...options], { user: webhookUser })).code === 0;
}

function isRefusal(line: string): boolean {
  return /forbidden|"status":403/i.test(line) && !line.includes('"msg":"decision"');
}

async function apply(object: object): Promise<void> {
  await expectSuccess(plane.kubectl(["replace", "-f", "-"], { stdin: toYaml([object]) }));
}
