/**
 * IngressGroups whose members stand in several namespaces with different policies. kubectl plays the AWS controller's part, too.
 * The steps of a life run in order.
 */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { alb, annotationsOf, expectSuccess, startCluster } from "./kubernetes.ts";
import type { Cluster, Manifest, Stored } from "./kubernetes.ts";
import { toYaml } from "./overlay.ts";
import { poll } from "./processes.ts";
import type { Result } from "./processes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    policies: {
      storefront: {
        namespaceSelector: { matchLabels: { team: "a" } },
        ingress: {
          scheme: { default: "internet-facing" },
          ipAddressType: { default: "dualstack" },
          targetType: { default: "ip" },
        },
      },
      bounded: {
        namespaceSelector: { matchLabels: { team: "c" } },
        ingress: {
          scheme: { default: "internal", allowed: ["internal", "internet-facing"] },
          ipAddressType: { default: "dualstack", allowed: ["dualstack"] },
          groupName: { allowed: ["shop-*"] },
        },
      },
      private: {
        namespaceSelector: { matchLabels: { team: "d" } },
        ingress: { scheme: { allowed: ["internal"] } },
      },
    },
    flags: ["--controllers=aws-load-balancer-controller", "--ip-family=dualstack", "--subnets-have-ipv6=true"],
  });
  for (const team of ["a", "b", "c", "d"]) await cluster.namespace(`team-${team}`, { team });
  return () => cluster.stop();
});

type Annotations = Readonly<Record<string, string | null>>;

const scheme = (value: string) => ({ [`${alb}/scheme`]: value });
const addressType = (value: string) => ({ [`${alb}/ip-address-type`]: value });
const inGroup = (name: string) => ({ [`${alb}/group.name`]: name });
const confirming = (rule: string) => ({ "dualstack.dev/confirm": rule });
const injected = (policy: string, ...keys: readonly string[]) => ({
  "dualstack.dev/injected": `policy=${policy}; keys=${keys.map((key) => `${alb}/${key}`).join(",")}`,
});

/** An Ingress called web with a host of its own; members may not have more than one default backend. */
function member(
  namespace: string,
  annotations: Readonly<Record<string, string>>,
  { name = "web", className = "alb" }: { readonly name?: string; readonly className?: string } = {},
): Manifest {
  const backend = { service: { name: "web", port: { number: 443 } } };
  const http = { paths: [{ path: "/", pathType: "Prefix", backend }] };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { namespace, name, annotations },
    spec: { ingressClassName: className, rules: [{ host: `${name}.${namespace}.example.com`, http }] },
  };
}

const hostname = "k8s-shopfront-1234.eu-central-1.elb.amazonaws.com";
const created = { code: 0, stdout: "ingress.networking.k8s.io/web created\n", stderr: "" };
const patched = { code: 0, stdout: "ingress.networking.k8s.io/web patched\n", stderr: "" };

async function stored(namespace: string, name = "web"): Promise<Stored & { readonly status?: unknown }> {
  const found = await cluster.read(member(namespace, {}, { name }));
  if (found === undefined) throw new Error("nothing is stored");
  return found;
}

function patch(
  namespace: string,
  body: object,
  { name = "web", args = [] }: { readonly name?: string; readonly args?: readonly string[] } = {},
): Promise<Result> {
  return cluster.kubectl(namespace, [
    "patch",
    "ingress",
    name,
    "--type=merge",
    `--patch=${JSON.stringify(body)}`,
    ...args,
  ]);
}

function annotate(namespace: string, annotations: Annotations, ...args: readonly string[]): Promise<Result> {
  return patch(namespace, { metadata: { annotations } }, { args });
}

/** The load balancer has an address. */
async function provision(object: Manifest): Promise<Result> {
  await cluster.provision(object, hostname);
  return { code: 0, stdout: "", stderr: "" };
}

/** What has been written reaches the webhook by a watch, a moment later: for what must be known to decide what comes next. */
async function seen(writing: Promise<Result>): Promise<Result> {
  const started = Date.now() / 1000;
  const result = await writing;
  if (result.code !== 0) return result;
  const lastEvent =
    /^dualstack_cache_last_event_timestamp_seconds\{resource="ingresses\.networking\.k8s\.io"\} (\S+)$/m;
  const isSeen = async (): Promise<boolean> => {
    const metrics = await (await fetch(`${cluster.webhook.healthUrl}/metrics`)).text();
    return Number(lastEvent.exec(metrics)?.[1]) >= started;
  };
  expect(await poll(isSeen, { every: 10, within: 10_000 })).toBe(true);
  return result;
}

/** For what the webhook may see a moment later, where nothing says so but its answers. */
async function until(answer: () => Promise<Result>, matcher: RegExp): Promise<Result> {
  let last = await answer();
  const matches = async (): Promise<boolean> => {
    if (matcher.test(last.stderr)) return true;
    last = await answer();
    return matcher.test(last.stderr);
  };
  await poll(matches, { every: 100, within: 15_000 });
  expect(last.stderr).toMatch(matcher);
  return last;
}

/** What /validate answered, less kubectl's words about what it sent. */
function refusal({ code, stdout, stderr }: Result): string {
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  const answer = stderr.split('admission webhook "ingresses.validate.dualstack.dev" denied the request: ');
  return answer[1] ?? stderr;
}

const untilTheyAgree = "the controller then changes nothing of the whole group until they agree";
const schemeConflict = (value: string, group: string) =>
  `group-scheme-conflict: metadata.annotations[…/scheme]: "${value}", while another Ingress of IngressGroup "${group}" has another value: ${untilTheyAgree}.`;
const addressTypeConflict = (value: string, group: string) =>
  `group-address-type-conflict: metadata.annotations[…/ip-address-type]: "${value}", while another Ingress of IngressGroup "${group}" has another value: ${untilTheyAgree}.`;
const schemeSource = "(AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:138-167)";
const addressTypeSource = "(AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:170-201)";
const ofGroupOrOwn = (what: string) =>
  `State the ${what} that the group has, or none to follow it; or choose a group of your own.`;
const toConfirm = (rule: string) =>
  `To accept this, add the annotation dualstack.dev/confirm: ${rule} in the same update.`;

const schemeOrder = `First take the scheme off all other Ingresses of the group, which then follow this one, and change it here last, since that replaces the load balancer of them all. ${schemeSource}`;
const addressTypeOrder = `First take the ip-address-type off all other Ingresses of the group, which then follow this one, and change it here last. ${addressTypeSource}`;

/** Neither the names nor the values of the members in other namespaces than team-b. */
function expectNothingOfOthers(text: string): void {
  expect(text).not.toMatch(/team-[acd]|internet-facing|"dualstack"/);
}

describe("the life of an IngressGroup", () => {
  const group = "shop-front";
  const joining = inGroup(group);

  it("begins with the values of the first member's namespace", async () => {
    expect(await seen(cluster.create(member("team-a", joining)))).toEqual(created);
    expect(annotationsOf(await stored("team-a"))).toEqual({
      ...joining,
      ...scheme("internet-facing"),
      ...addressType("dualstack"),
      [`${alb}/target-type`]: "ip",
      ...injected("storefront", "ip-address-type", "scheme", "target-type"),
    });
  });

  it("takes a member that states nothing, from a namespace without a policy, as it is", async () => {
    expect(await seen(cluster.create(member("team-b", joining)))).toEqual(created);
    expect(annotationsOf(await stored("team-b"))).toEqual(joining);
  });

  it("hands its values to a member whose policy has others, with a warning", async () => {
    expect(await seen(cluster.create(member("team-c", joining)))).toEqual({
      ...created,
      stderr: `Warning: metadata.annotations[…/scheme] was set as the IngressGroup "${group}" has it; policy bounded would set "internal"\n`,
    });
    expect(annotationsOf(await stored("team-c"))).toEqual({
      ...joining,
      ...scheme("internet-facing"),
      ...addressType("dualstack"),
      ...injected("bounded", "ip-address-type", "scheme"),
    });
  });

  it("takes no new member that contradicts it, and tells it nothing of the others", async () => {
    const faulty = member("team-b", { ...joining, ...scheme("internal"), ...addressType("ipv4") }, { name: "faulty" });
    const refused = await cluster.create(faulty);
    const [headline, byScheme, byAddressType, ...more] = refusal(refused).split("\n");
    expect(headline).toBe("2 problems in Ingress team-b/faulty:");
    expect(byScheme).toContain(`- ${schemeConflict("internal", group)} ${ofGroupOrOwn("scheme")} ${schemeSource}`);
    expect(byAddressType).toContain(
      `- ${addressTypeConflict("ipv4", group)} ${ofGroupOrOwn("ip-address-type")} ${addressTypeSource}`,
    );
    expect(more).toEqual([""]);
    expectNothingOfOthers(refused.stderr);
    expect(await cluster.read(faulty)).toBeUndefined();
  });

  it("offers no new member to confirm what only an update can", async () => {
    const faulty = member("team-b", { ...joining, ...scheme("internal") }, { name: "faulty" });
    const { annotations } = faulty.metadata;
    const confirmed = { ...annotations, ...confirming("group-scheme-conflict") };
    for (const metadata of [faulty.metadata, { ...faulty.metadata, annotations: confirmed }]) {
      expect(refusal(await cluster.create({ ...faulty, metadata }))).toBe(`1 problem in Ingress team-b/faulty:
- ${schemeConflict("internal", group)} ${ofGroupOrOwn("scheme")} ${schemeSource}
`);
    }
  });

  it("is closed to a namespace whose policy forbids its scheme, and to one that may not join a group of its name", async () => {
    const notAllowed = await cluster.create(member("team-d", joining));
    expect(refusal(notAllowed)).toBe(`1 problem in Ingress team-d/web (policy private):
- value-not-allowed-by-policy: metadata.annotations[…/group.name]: another value would be in force on the load balancer of the IngressGroup "${group}", and policy private allows only "internal". Use a value that the policy allows, and see that IngressClassParams and the other Ingresses of the group agree.
`);
    expect(notAllowed.stderr).not.toMatch(/team-[abc]|internet-facing/);

    expect(refusal(await cluster.create(member("team-c", inGroup("front"), { name: "other" }))))
      .toBe(`1 problem in Ingress team-c/other (policy bounded):
- value-not-allowed-by-policy: metadata.annotations[…/group.name]: joins the IngressGroup "front", and policy bounded allows only "shop-*". Join a group that the policy allows, or delete the annotation.
`);
    for (const annotations of [inGroup("shop-back"), {}]) {
      const other = member("team-c", annotations, { name: "other" });
      expect(await cluster.create(other, "--dry-run=server")).toMatchObject({ code: 0, stderr: "" });
    }
  });

  it("gets its finalizers and its address, and labels, none of which reaches us", async () => {
    for (const team of ["team-a", "team-b", "team-c"]) {
      const before = (await cluster.webhook.decisions(team)).length;
      expect(await patch(team, { metadata: { finalizers: [`group.ingress.k8s.aws/${group}`] } })).toEqual(patched);
      await cluster.provision(member(team, {}), hostname);
      expect(await seen(patch(team, { metadata: { labels: { tier: "front" } } }))).toEqual(patched);
      const web = await stored(team);
      expect(web.metadata).toMatchObject({ labels: { tier: "front" }, finalizers: [`group.ingress.k8s.aws/${group}`] });
      expect(web.status).toEqual({ loadBalancer: { ingress: [{ hostname }] } });
      expect((await cluster.webhook.decisions(team)).length).toBe(before);
    }
  });

  it("keeps its values through whole-object updates that know nothing of them", async () => {
    const put = (namespace: string): Promise<Result> => {
      const { metadata, ...rest } = member(namespace, joining);
      const kept = { finalizers: [`group.ingress.k8s.aws/${group}`], labels: { tier: "front" } };
      return cluster.replace({ ...rest, metadata: { ...metadata, ...kept } });
    };
    const replaced = { code: 0, stdout: "ingress.networking.k8s.io/web replaced\n", stderr: "" };
    // What another member states as well need not come back; what only this one states must.
    expect(await seen(put("team-c"))).toEqual(replaced);
    expect(annotationsOf(await stored("team-c"))).toEqual(joining);
    expect(await put("team-a")).toEqual(replaced);
    expect(annotationsOf(await stored("team-a"))).toEqual({
      ...joining,
      ...scheme("internet-facing"),
      ...addressType("dualstack"),
      [`${alb}/target-type`]: "ip",
      ...injected("storefront", "ip-address-type", "scheme", "target-type"),
    });
  });

  it("lets no member contradict it by an update, and gives the safe order of changes", async () => {
    const before = await stored("team-b");
    const both = await annotate("team-b", { ...scheme("internal"), ...addressType("ipv4") });
    expect(refusal(both)).toBe(`2 problems in Ingress team-b/web:
- ${schemeConflict("internal", group)} ${schemeOrder} ${toConfirm("group-scheme-conflict")}
- ${addressTypeConflict("ipv4", group)} ${addressTypeOrder} ${toConfirm("group-address-type-conflict")}
`);
    expectNothingOfOthers(both.stderr);
    expect(await stored("team-b")).toEqual(before);
  });

  it("is broken by an update that confirms it, and mended by another; the others learn no more than that", async () => {
    const confirmed = confirming("group-scheme-conflict");
    expect(await seen(annotate("team-b", { ...scheme("internal"), ...confirmed }))).toEqual({
      ...patched,
      stderr: `Warning: confirmed: ${schemeConflict("internal", group)} ${schemeOrder}\n`,
    });
    expect(annotationsOf(await stored("team-b"))).toEqual({ ...joining, ...scheme("internal"), ...confirmed });

    const harmless = await annotate("team-a", { team: "shop" });
    expect(harmless).toMatchObject({ code: 0 });
    expect(harmless.stderr).toContain(
      `Warning: already so before this update: ${schemeConflict("internet-facing", group)}`,
    );
    expect(harmless.stderr).not.toMatch(/team-b|"internal"/);
    const another = await cluster.create(member("team-b", joining, { name: "another" }), "--dry-run=server");
    expect(another).toMatchObject({ code: 0 });
    expect(another.stderr).toMatch(/^Warning: group-already-broken: [^\n]*\n$/);
    expectNothingOfOthers(another.stderr);

    // The confirmation stays where it is and stands for nothing any more.
    expect(await seen(annotate("team-b", { ...scheme("internet-facing") }))).toEqual(patched);
    expect(refusal(await annotate("team-b", { ...scheme("internal") }))).toContain("- group-scheme-conflict: ");
    expect(await annotate("team-a", { team: null })).toEqual(patched);
  });

  it("is left by an update that confirms it, and that gets another load balancer for it", async () => {
    const rule = "group-change-leaves-load-balancer";
    const leaves = (to: string) =>
      `${rule}: metadata.annotations[…/group.name]: from the IngressGroup "${group}" to ${to}: the load balancer stays for 2 other Ingresses, and this Ingress gets another one with another DNS name. Keep the group; to move, create a second Ingress in the other group, move DNS to it, then delete this one. (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/)`;
    for (const { name, to } of [
      { name: "shop-back", to: 'the IngressGroup "shop-back"' },
      { name: null, to: "a load balancer of its own" },
    ]) {
      const renamed = { [`${alb}/group.name`]: name };
      expect(refusal(await annotate("team-b", renamed))).toBe(`1 problem in Ingress team-b/web:
- ${leaves(to)} ${toConfirm(rule)}
`);
      const passed = await annotate("team-b", { ...renamed, ...confirming(rule) }, "--dry-run=server");
      expect(passed).toMatchObject({ code: 0, stderr: `Warning: confirmed: ${leaves(to)}\n` });
    }
    const forbidden = await annotate("team-c", { ...inGroup("front"), ...confirming(rule) });
    expect(refusal(forbidden)).toContain('joins the IngressGroup "front", and policy bounded allows only "shop-*".');
  });

  it("changes its scheme in the safe order, the last step of which replaces the load balancer", async () => {
    expect(await seen(annotate("team-a", { [`${alb}/scheme`]: null }))).toEqual(patched);
    for (const team of ["team-a", "team-c"]) {
      expect(annotationsOf(await stored(team))).not.toHaveProperty([`${alb}/scheme`]);
    }
    const consequence =
      "the load balancer, which 2 other Ingresses use too, goes from internet-facing to internal: the controller deletes the load balancer first, then makes a new one with another DNS name.";
    const changed = "scheme-change-replaces-load-balancer";
    for (const edit of [scheme("internal"), { [`${alb}/scheme`]: null }]) {
      const refused = refusal(await annotate("team-b", edit));
      expect(refused).toContain(
        `1 problem in Ingress team-b/web:\n- ${changed}: metadata.annotations[…/scheme]: ${consequence} `,
      );
      expect(refused).toContain(` ${toConfirm(changed)}\n`);
    }
    const passed = await seen(annotate("team-b", { ...scheme("internal"), ...confirming(changed) }));
    expect(passed).toMatchObject({ code: 0, stderr: expect.stringContaining(`Warning: confirmed: ${changed}: `) });

    const late = (value: string) =>
      cluster.create(member("team-d", { ...joining, ...scheme(value) }), "--dry-run=server");
    expect(await late("internal")).toMatchObject({ code: 0, stderr: "" });
    expect(refusal(await late("internet-facing"))).toContain(schemeConflict("internet-facing", group));
  });
});

describe("an IngressGroup whose members state nothing", () => {
  const group = "shop-quiet";
  const late = (annotations: Readonly<Record<string, string>>) =>
    cluster.create(member("team-a", { ...inGroup(group), ...annotations }, { name: "late" }), "--dry-run=server");
  const leftOut = (key: string, value: string) =>
    `Warning: metadata.annotations[…/${key}] "${value}" was left out: it would change the load balancer of the IngressGroup "${group}", which is shared with another Ingress\n`;
  const bothLeftOut = leftOut("scheme", "internet-facing") + leftOut("ip-address-type", "dualstack");

  it("is not changed by the policy of a namespace that joins, nor in passing by what a newcomer states", async () => {
    const first = member("team-b", inGroup(group), { name: "quiet" });
    expect(await seen(cluster.create(first))).toMatchObject({ code: 0, stderr: "" });
    expect(await late({})).toMatchObject({ code: 0, stderr: bothLeftOut });
    // While nothing is built, a newcomer may have a word.
    expect(await late(scheme("internet-facing"))).toMatchObject({
      code: 0,
      stderr: leftOut("ip-address-type", "dualstack"),
    });

    await seen(provision(first));
    expect(await late({})).toMatchObject({ code: 0, stderr: bothLeftOut });
    expect(refusal(await late(scheme("internet-facing")))).toContain(
      "- shared-load-balancer-changed: metadata.annotations[…/scheme]: from internal to internet-facing for another Ingress too: the controller deletes the load balancer first, then makes a new one with another DNS name. ",
    );
    expect(await late(scheme("internal"))).toMatchObject({
      code: 0,
      stderr: leftOut("ip-address-type", "dualstack"),
    });
  });
});

describe("a member that is deleted", () => {
  const group = "shop-end";
  const finalizers = [`group.ingress.k8s.aws/${group}`];
  const others = (value: string) => member("team-d", { ...inGroup(group), ...scheme(value) }, { name: "later" });

  it("goes when the controller lets go, asks nobody, and counts no more from the start", async () => {
    const leaving = member("team-b", { ...inGroup(group), ...scheme("internet-facing") }, { name: "leaving" });
    await expectSuccess(cluster.create({ ...leaving, metadata: { ...leaving.metadata, finalizers } }));
    await seen(provision(leaving));
    expect(refusal(await cluster.create(others("internal")))).toContain(`- ${schemeConflict("internal", group)}`);

    const before = (await cluster.webhook.decisions("team-b")).length;
    const deleted = await seen(cluster.kubectl("team-b", ["delete", "ingress", "leaving", "--wait=false"]));
    expect(deleted).toMatchObject({ code: 0, stderr: "" });
    expect((await stored("team-b", "leaving")).metadata).toMatchObject({
      finalizers,
      deletionTimestamp: expect.any(String),
    });
    expect(await cluster.create(others("internal"), "--dry-run=server")).toMatchObject({ code: 0, stderr: "" });

    const edits = [{ annotations: scheme("nonsense") }, { finalizers: null }];
    for (const metadata of edits) {
      expect(await patch("team-b", { metadata }, { name: "leaving" })).toMatchObject({ code: 0, stderr: "" });
    }
    expect(await cluster.read(leaving)).toBeUndefined();
    expect((await cluster.webhook.decisions("team-b")).length).toBe(before);
  });
});

/** The group whose members were created at once. */
const raced = "shop-race";
/** Labels of what another webhook holds up. */
const held = { hold: "on" };

describe("members created at once", () => {
  it("may both pass, which whoever comes next is warned of", async () => {
    const racers = [
      member("team-b", { ...inGroup(raced), ...scheme("internal") }, { name: "racer" }),
      member("team-c", { ...inGroup(raced), ...scheme("internet-facing") }, { name: "racer" }),
    ].map(labelled);
    const results = await holding(() => Promise.all(racers.map((racer) => cluster.create(racer))));
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    const late = await until(
      () => cluster.create(member("team-b", inGroup(raced), { name: "late" }), "--dry-run=server"),
      /^Warning: group-already-broken: [^\n]+\n$/,
    );
    expect(late.code).toBe(0);
    expectNothingOfOthers(late.stderr);
  });
});

describe("an IngressGroup whose class has IngressClassParams", () => {
  const className = "shop";
  const group = "shop-params";
  const crd = join(import.meta.dirname, "crds", "ingressclassparams.yaml");
  const parameters = { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: "shop" };
  const another = (namespace: string, annotations: Readonly<Record<string, string>> = {}) =>
    cluster.create(
      member(namespace, { ...inGroup(group), ...annotations }, { name: "another", className }),
      "--dry-run=server",
      "-o",
      "json",
    );
  const apply = (object: object) =>
    expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: toYaml([object]) }));
  const applyClass = (spec: object) =>
    apply({
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: className },
      spec: { controller: "ingress.k8s.aws/alb", ...spec },
    });
  const applyParams = (spec: object) =>
    apply({ apiVersion: "elbv2.k8s.aws/v1beta1", kind: "IngressClassParams", metadata: { name: "shop" }, spec });

  const annotationsIn = ({ stdout }: Result) => annotationsOf(JSON.parse(stdout) as Stored);
  const leftOut = (key: string, value: string, instead: string) =>
    `Warning: metadata.annotations[…/${key}] "${value}" was left out: the IngressClassParams "shop" of the IngressClass "shop" set "${instead}", which wins\n`;
  const unusable =
    'Warning: ingress-class-unusable: spec.ingressClassName: the IngressClassParams "shop" that the IngressClass "shop" names do not exist: no controller builds a load balancer. ';

  it("gets the policy's values before it has any", async () => {
    await applyClass({});
    const web = member("team-a", inGroup(group), { name: "params", className });
    await until(() => cluster.create(web, "--dry-run=server"), /^$/);
    expect(await seen(cluster.create(web))).toMatchObject({ code: 0, stderr: "" });
    expect(annotationsOf(await stored("team-a", "params"))).toMatchObject({
      ...scheme("internet-facing"),
      ...addressType("dualstack"),
    });
    expect(refusal(await another("team-b", scheme("internal")))).toContain(`- ${schemeConflict("internal", group)}`);
  });

  it("is warned of while the class names some of a kind that does not exist", async () => {
    await applyClass({ parameters });
    expect(await until(() => another("team-b"), /./)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(unusable),
    });
  });

  it("follows them within seconds, once their kind is installed", async () => {
    await expectSuccess(cluster.plane.kubectl(["apply", "-f", crd]));
    await expectSuccess(
      cluster.plane.kubectl([
        "wait",
        "--for=condition=Established",
        "customresourcedefinition/ingressclassparams.elbv2.k8s.aws",
      ]),
    );
    await applyParams({ scheme: "internal", ipAddressType: "dualstack" });
    const known = await until(() => another("team-a"), /which wins/);
    expect(known).toMatchObject({ code: 0, stderr: leftOut("scheme", "internet-facing", "internal") });
    expect(annotationsIn(known)).toEqual({
      ...inGroup(group),
      [`${alb}/target-type`]: "ip",
      ...injected("storefront", "target-type"),
    });
    const agreeing = await another("team-c");
    expect(agreeing).toMatchObject({ code: 0, stderr: "" });
    expect(annotationsIn(agreeing)).toEqual(inGroup(group));
  });

  it("is not contradicted by what they overrule", async () => {
    for (const team of ["team-b", "team-d"]) {
      expect(await another(team, scheme("internet-facing"))).toMatchObject({
        code: 0,
        stderr: expect.stringContaining(
          'Warning: annotation-overruled-by-class: metadata.annotations[…/scheme]: "internet-facing" is ignored: the IngressClassParams of the class set scheme to "internal". ',
        ),
      });
    }
    const edited = await patch("team-a", { metadata: { annotations: { team: "shop" } } }, { name: "params" });
    expect(edited).toMatchObject({ code: 0 });
  });

  it("is judged by what they say now", async () => {
    await applyParams({ scheme: "internet-facing", ipAddressType: "ipv4" });
    await until(() => another("team-a"), /"ipv4", which wins/);
    expect(await another("team-a")).toMatchObject({ code: 0, stderr: leftOut("ip-address-type", "dualstack", "ipv4") });
    const byParams = (value: string, policy: string, allowed: string) =>
      `- value-not-allowed-by-policy: spec.ingressClassName: "${value}" would be in force by the IngressClassParams "shop", and policy ${policy} allows only "${allowed}". Choose an IngressClass whose IngressClassParams the policy allows.\n`;
    expect(refusal(await another("team-d"))).toBe(
      `1 problem in Ingress team-d/another (policy private):\n${byParams("internet-facing", "private", "internal")}`,
    );
    expect(refusal(await another("team-c"))).toBe(
      `1 problem in Ingress team-c/another (policy bounded):\n${byParams("ipv4", "bounded", "dualstack")}`,
    );
  });

  it("is another one when they name it, for conflicts and for the policy's bounds", async () => {
    await expectSuccess(cluster.kubectl("team-a", ["delete", "ingress", "params"]));
    await applyParams({ group: { name: "front" } });
    const elsewhere = member("team-b", { ...inGroup("front"), ...scheme("internal") }, { name: "elsewhere" });
    await expectSuccess(seen(cluster.create(elsewhere)));
    const joins = await until(() => another("team-c"), /joins the IngressGroup "front"/);
    expect(refusal(joins)).toContain("- value-not-allowed-by-policy: spec.ingressClassName: joins the IngressGroup ");
    expect(refusal(await another("team-a", scheme("internet-facing")))).toContain(
      `- ${schemeConflict("internet-facing", "front")}`,
    );
    await expectSuccess(cluster.kubectl("team-b", ["delete", "ingress", "elsewhere"]));
  });

  it("is warned of again, once their kind is gone", async () => {
    await expectSuccess(cluster.plane.kubectl(["delete", "-f", crd]));
    const gone = await until(() => another("team-b"), /do not exist/);
    expect(gone).toMatchObject({ code: 0, stderr: expect.stringContaining(unusable) });
  });
});

describe("Ingresses of other controllers", () => {
  beforeAll(async () => {
    const spec = { controller: "example.com/proxy" };
    const manifests = ["nginx", "our-own-proxy"].map((name) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name },
      spec,
    }));
    await expectSuccess(cluster.plane.kubectl(["create", "-f", "-"], { stdin: toYaml(manifests) }));
  });

  it.each([
    { className: "nginx", calls: [] },
    { className: "our-own-proxy", calls: ["mutate allowed", "validate allowed"] },
  ])("of class $className are nobody's members, and stay as they are", async ({ className, calls }) => {
    const theirs = { ...inGroup("shop-proxied"), ...scheme("internal"), ...addressType("nonsense") };
    for (const team of ["team-a", "team-b", "team-c"]) {
      const before = (await cluster.webhook.decisions(team)).length;
      const web = member(team, theirs, { name: className, className });
      expect(await seen(cluster.create(web))).toEqual({
        code: 0,
        stdout: `ingress.networking.k8s.io/${className} created\n`,
        stderr: "",
      });
      const found = await stored(team, className);
      expect([found.metadata.annotations, found.spec]).toEqual([theirs, web.spec]);
      const after = await cluster.webhook.decisions(team);
      expect(after.slice(before).map(({ webhook, outcome }) => `${webhook} ${outcome}`)).toEqual(calls);
    }
    const first = member("team-b", { ...inGroup("shop-proxied"), ...scheme("internet-facing") });
    expect(
      await cluster.create({ ...first, metadata: { ...first.metadata, name: "ours" } }, "--dry-run=server"),
    ).toMatchObject({
      code: 0,
      stderr: "",
    });
  });
});

describe("the check in the background", () => {
  const brokenGroups = async (): Promise<number> => {
    const metrics = await (await fetch(`${cluster.webhook.healthUrl}/metrics`)).text();
    return Number(/^dualstack_broken_ingress_groups\{fault="conflict"\} (\d+)$/m.exec(metrics)?.[1]);
  };
  const untilBroken = (count: number): Promise<boolean> =>
    poll(async () => (await brokenGroups()) === count, { every: 100, within: 15_000 });
  /** The log is written a moment after the metric. */
  const untilTold = async (message: string): Promise<readonly object[]> => {
    let lines: readonly string[] = [];
    const isTold = async (): Promise<boolean> => {
      const all = (await cluster.webhook.log()).split("\n");
      lines = all.filter((line) => line.includes(`"group":"${raced}"`) && line.includes(message));
      return lines.length > 0;
    };
    await poll(isTold, { every: 20, within: 5_000 });
    return lines.map((line) => JSON.parse(line) as object);
  };

  it("finds the group whose members were created at once, and tells when it is mended", async () => {
    expect(await untilBroken(1)).toBe(true);
    expect(await untilTold("IngressGroup is broken")).toEqual([
      expect.objectContaining({
        group: raced,
        members: 2,
        ingresses: ["team-b/racer", "team-c/racer"],
        problems: ['scheme: team-b/racer has "internal", team-c/racer has "internet-facing"'],
      }),
    ]);

    await expectSuccess(cluster.kubectl("team-b", ["delete", "ingress", "racer"]));
    expect(await untilBroken(0)).toBe(true);
    expect(await untilTold("IngressGroup is no longer broken")).toHaveLength(1);
  });
});

/** While another webhook is called beside ours and never answers: what ours has judged is written a second later. */
async function holding<T>(act: () => Promise<T>): Promise<T> {
  let calls = 0;
  const silent = createServer(() => (calls += 1));
  const url = await new Promise<string>((resolve) =>
    silent.listen(0, "127.0.0.1", () => resolve(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`)),
  );
  await expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: toYaml([silentWebhook(url)]) }));
  try {
    const canary = labelled(member("team-b", {}, { name: "canary" }));
    const isCalled = async (): Promise<boolean> => {
      await cluster.create(canary, "--dry-run=server");
      return calls > 0;
    };
    expect(await poll(isCalled, { every: 50, within: 10_000 })).toBe(true);
    return await act();
  } finally {
    await cluster.plane.kubectl(["delete", "validatingwebhookconfiguration", "silent"]);
    silent.close();
  }
}

function labelled(object: Manifest): Manifest {
  return { ...object, metadata: { ...object.metadata, labels: held } };
}

function silentWebhook(url: string): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "silent" },
    webhooks: [
      {
        name: "silent.example.com",
        failurePolicy: "Ignore",
        timeoutSeconds: 1,
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
        clientConfig: { url },
        rules: [
          { apiGroups: ["networking.k8s.io"], apiVersions: ["v1"], resources: ["ingresses"], operations: ["CREATE"] },
        ],
        objectSelector: { matchLabels: held },
      },
    ],
  };
}
