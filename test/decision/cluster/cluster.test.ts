import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backendTargets } from "../../../src/decision/cluster/backends.ts";
import { ClusterObjects, keyOf } from "../../../src/decision/cluster/cluster.ts";
import type { Cluster } from "../../../src/decision/cluster/cluster.ts";
import type { BindingView, IngressObject } from "../../../src/decision/cluster/views.ts";
import { aBinding, aClass, anIngress, aService, keyOfIngress, someParams } from "./objects.ts";
import type { IngressParts } from "./objects.ts";

const groupName = "alb.ingress.kubernetes.io/group.name";
const classAnnotation = "kubernetes.io/ingress.class";

function sendsTo(...services: readonly string[]): Readonly<Record<string, unknown>> {
  const paths = services.map((name) => ({ backend: { service: { name, port: { number: 80 } } } }));
  return { rules: [{ http: { paths } }] };
}

describe("objects by key", () => {
  const cluster = new ClusterObjects({ namespaceLabels: (name) => (name === "shop" ? { team: "a" } : undefined) });
  cluster.set("Ingress", anIngress("shop/web"));
  cluster.set("IngressClass", aClass("alb"));
  cluster.set("IngressClassParams", someParams("p", { scheme: "internal" }));
  cluster.set("IngressClassParams", someParams("p", {}, "eks.amazonaws.com/v1"));
  cluster.set("Service", aService("shop/web"));

  test("are found", () => {
    expect(cluster.ingress("shop", "web")?.name).toBe("web");
    expect(cluster.ingressClass("alb")?.name).toBe("alb");
    expect([...cluster.ingressClasses()].map(({ name }) => name)).toEqual(["alb"]);
    expect(cluster.service("shop", "web")?.name).toBe("web");
    expect(cluster.namespaceLabels("shop")).toEqual({ team: "a" });
  });

  test("are not found elsewhere", () => {
    expect(cluster.ingress("web", "shop")).toBeUndefined();
    expect(cluster.ingressClass("shop/web")).toBeUndefined();
    expect(cluster.service("shop", "api")).toBeUndefined();
    expect(cluster.namespaceLabels("web")).toBeUndefined();
  });

  test("params of the two APIs are not mixed up", () => {
    expect(cluster.ingressClassParams("elbv2.k8s.aws", "p")?.scheme).toBe("internal");
    expect(cluster.ingressClassParams("eks.amazonaws.com", "p")).toMatchObject({ scheme: undefined });
  });

  test("without a source of namespaces, their labels are not known", () => {
    expect(new ClusterObjects().namespaceLabels("shop")).toBeUndefined();
  });
});

test.each([
  ["shop/web", keyOf("Ingress", anIngress("shop/web"))],
  ["alb", keyOf("IngressClass", aClass("alb"))],
  ["elbv2.k8s.aws/p", keyOf("IngressClassParams", someParams("p"))],
  ["shop/web", keyOf("Service", aService("shop/web"))],
  ["eks.amazonaws.com/shop/web", keyOf("TargetGroupBinding", aBinding("shop/web", "web", "eks.amazonaws.com/v1"))],
])("the key %s", (expected, key) => {
  expect(key).toBe(expected);
});

test("a kind is complete once that is said of it", () => {
  const cluster = new ClusterObjects();
  expect(cluster.isComplete("Ingress")).toBe(false);
  cluster.setComplete("Ingress", true);
  expect([cluster.isComplete("Ingress"), cluster.isComplete("Service")]).toEqual([true, false]);
  cluster.replace("Ingress", []);
  expect(cluster.isComplete("Ingress")).toBe(true);
  cluster.setComplete("Ingress", false);
  expect(cluster.isComplete("Ingress")).toBe(false);
});

describe("Ingresses by what is written on them", () => {
  const found = (parts: IngressParts): Readonly<Record<string, boolean>> => {
    const cluster = new ClusterObjects();
    cluster.set("Ingress", anIngress("shop/web", parts));
    return {
      group: [...cluster.ingressesNamingGroup("g")].length > 0,
      class: [...cluster.ingressesOfClass("alb")].length > 0,
      classless: [...cluster.classlessIngresses()].length > 0,
      finalizer: [...cluster.ingressesWithFinalizer("f")].length > 0,
      service: [...cluster.ingressesUsing("shop", "api")].length > 0,
    };
  };
  const nowhere = { group: false, class: false, classless: false, finalizer: false, service: false };

  test.each<[string, IngressParts, Readonly<Record<string, boolean>>]>([
    ["nothing", {}, { classless: true }],
    ["a class", { className: "alb" }, { class: true }],
    ["another class", { className: "nginx" }, {}],
    ["a class annotation", { annotations: { [classAnnotation]: "alb" } }, {}],
    ["an empty class annotation", { annotations: { [classAnnotation]: "" } }, {}],
    ["both", { className: "alb", annotations: { [classAnnotation]: "nginx" } }, { class: true }],
    ["a group", { className: "x", annotations: { [groupName]: "g" } }, { group: true }],
    ["another group", { className: "x", annotations: { [groupName]: "G" } }, {}],
    ["a finalizer", { className: "x", finalizers: ["e", "f"] }, { finalizer: true }],
    ["a Service", { className: "x", spec: sendsTo("web", "api") }, { service: true }],
    [
      "a default backend",
      { className: "x", spec: { defaultBackend: { service: { name: "api", port: { number: 80 } } } } },
      { service: true },
    ],
  ])("%s", (_name, parts, at) => {
    expect(found(parts)).toEqual({ ...nowhere, ...at });
  });

  test("a Service by its actions", () => {
    const cluster = new ClusterObjects();
    const annotations = {
      "alb.ingress.kubernetes.io/actions.split":
        '{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"a","servicePort":80}]}}',
    };
    const spec = { defaultBackend: { service: { name: "split", port: { name: "use-annotation" } } } };
    cluster.set("Ingress", anIngress("shop/web", { annotations, spec }));
    expect([...cluster.ingressesUsing("shop", "a")]).toHaveLength(1);
    expect([...cluster.ingressesUsing("shop", "split")]).toEqual([]);
    expect([...cluster.ingressesUsing("other", "a")]).toEqual([]);
  });

  test("a text of one kind is no text of another", () => {
    const cluster = new ClusterObjects();
    cluster.set("Ingress", anIngress("shop/web", { className: "g", finalizers: ["classless", "shop/api"] }));
    expect([...cluster.ingressesNamingGroup("g")]).toEqual([]);
    expect([...cluster.classlessIngresses()]).toEqual([]);
    expect([...cluster.ingressesUsing("shop", "api")]).toEqual([]);
  });
});

describe("changes", () => {
  test("an object that is set again is found by what is written on it now", () => {
    const cluster = new ClusterObjects();
    cluster.set("Ingress", anIngress("shop/web", { annotations: { [groupName]: "a" }, spec: sendsTo("old", "both") }));
    const now = anIngress("shop/web", { annotations: { [groupName]: "b" }, spec: sendsTo("both", "new") });
    cluster.set("Ingress", now);
    expect([...cluster.ingressesNamingGroup("a")]).toEqual([]);
    expect([...cluster.ingressesNamingGroup("b")]).toEqual([now]);
    expect([...cluster.ingressesUsing("shop", "old")]).toEqual([]);
    expect([...cluster.ingressesUsing("shop", "both")]).toEqual([now]);
    expect([...cluster.ingressesUsing("shop", "new")]).toEqual([now]);
  });

  test("an object that is gone is found by nothing", () => {
    const cluster = new ClusterObjects();
    const other = anIngress("shop/api", { annotations: { [groupName]: "a" } });
    cluster.set("Ingress", anIngress("shop/web", { annotations: { [groupName]: "a" } }));
    cluster.set("Ingress", other);
    cluster.delete("Ingress", "shop/web");
    cluster.delete("Ingress", "shop/never");
    expect(cluster.ingress("shop", "web")).toBeUndefined();
    expect([...cluster.ingressesNamingGroup("a")]).toEqual([other]);
    expect([...cluster.classlessIngresses()]).toEqual([other]);
  });

  test("a new list forgets what it does not name", () => {
    const cluster = new ClusterObjects();
    cluster.set("Ingress", anIngress("shop/web"));
    cluster.set("Service", aService("shop/web"));
    cluster.replace("Ingress", [anIngress("shop/api")]);
    expect([...cluster.classlessIngresses()].map(keyOfIngress)).toEqual(["shop/api"]);
    expect(cluster.service("shop", "web")).toBeDefined();
  });

  test("a new list of one API leaves those of the other", () => {
    const cluster = new ClusterObjects();
    cluster.set("IngressClassParams", someParams("a"));
    cluster.set("IngressClassParams", someParams("b", {}, "eks.amazonaws.com/v1"));
    cluster.set("TargetGroupBinding", aBinding("shop/a", "web"));
    cluster.set("TargetGroupBinding", aBinding("shop/b", "web", "eks.amazonaws.com/v1"));
    cluster.replace("IngressClassParams", [], "eks.amazonaws.com");
    cluster.replace("TargetGroupBinding", [], "elbv2.k8s.aws");
    expect(cluster.ingressClassParams("elbv2.k8s.aws", "a")).toBeDefined();
    expect(cluster.ingressClassParams("eks.amazonaws.com", "b")).toBeUndefined();
    expect([...cluster.bindingsOf("shop", "web")].map(({ name }) => name)).toEqual(["b"]);
  });
});

describe("after any changes", () => {
  const key = fc.constantFrom("shop/a", "shop/b", "shop/c", "team/a", "team/b");
  const names = ["a", "b", "c"];
  const optionally = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
  const ingress = fc
    .record({
      key,
      className: optionally(fc.constantFrom(...names)),
      group: optionally(fc.constantFrom(...names)),
      classAnnotation: optionally(fc.constantFrom("", "a")),
      finalizers: fc.subarray(names),
      services: fc.subarray(names),
    })
    .map(({ key, className, group, classAnnotation: annotation, finalizers, services }) =>
      anIngress(key, {
        ...(className === undefined ? {} : { className }),
        annotations: {
          ...(group === undefined ? {} : { [groupName]: group }),
          ...(annotation === undefined ? {} : { [classAnnotation]: annotation }),
        },
        finalizers,
        spec: sendsTo(...services),
      }),
    );
  const binding = fc
    .record({
      key,
      service: fc.constantFrom(...names),
      api: fc.constantFrom("elbv2.k8s.aws/v1beta1", "eks.amazonaws.com/v1"),
    })
    .map(({ key, service, api }) => aBinding(key, service, api));

  /** The model has the objects in a map and looks at all of them. */
  interface Model {
    readonly ingresses: Map<string, IngressObject>;
    readonly bindings: Map<string, BindingView>;
  }
  type Change = (cluster: ClusterObjects, model: Model) => void;
  const change: fc.Arbitrary<Change> = fc.oneof(
    ingress.map((view): Change => (cluster, { ingresses }) => {
      cluster.set("Ingress", view);
      ingresses.set(keyOf("Ingress", view), view);
    }),
    key.map((gone): Change => (cluster, { ingresses }) => {
      cluster.delete("Ingress", gone);
      ingresses.delete(gone);
    }),
    fc
      .uniqueArray(ingress, { maxLength: 4, selector: keyOfIngress })
      .map((views): Change => (cluster, { ingresses }) => {
        cluster.replace("Ingress", views);
        ingresses.clear();
        for (const view of views) ingresses.set(keyOf("Ingress", view), view);
      }),
    binding.map((view): Change => (cluster, { bindings }) => {
      cluster.set("TargetGroupBinding", view);
      bindings.set(keyOf("TargetGroupBinding", view), view);
    }),
    binding.map((view): Change => (cluster, { bindings }) => {
      const gone = keyOf("TargetGroupBinding", view);
      cluster.delete("TargetGroupBinding", gone);
      bindings.delete(gone);
    }),
  );

  test("each look-up finds what a look at all objects finds", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const cluster = new ClusterObjects();
        const model: Model = { ingresses: new Map(), bindings: new Map() };
        for (const apply of changes) {
          apply(cluster, model);
          expect(lookUps(cluster)).toEqual(scans(model));
        }
      }),
      { numRuns: 300 },
    );
  });

  function lookUps(cluster: Cluster): Readonly<Record<string, readonly unknown[]>> {
    return table(
      {
        group: (name) => cluster.ingressesNamingGroup(name),
        class: (name) => cluster.ingressesOfClass(name),
        classless: () => cluster.classlessIngresses(),
        finalizer: (name) => cluster.ingressesWithFinalizer(name),
        using: (name) => cluster.ingressesUsing("shop", name),
        byKey: (name) => [cluster.ingress("team", name)].filter((one) => one !== undefined),
      },
      (name) => cluster.bindingsOf("shop", name),
    );
  }

  function scans({ ingresses, bindings }: Model): Readonly<Record<string, readonly unknown[]>> {
    const all = [...ingresses.values()];
    return table(
      {
        group: (name) => all.filter(({ view }) => view.annotations[groupName] === name),
        class: (name) => all.filter(({ view }) => view.ingressClassName === name),
        classless: () =>
          all.filter(({ view }) => view.ingressClassName === undefined && !(classAnnotation in view.annotations)),
        finalizer: (name) => all.filter(({ view }) => view.finalizers.includes(name)),
        using: (name) =>
          all.filter(
            ({ namespace, view }) =>
              namespace === "shop" && backendTargets(view).some(({ service }) => service === name),
          ),
        byKey: (name) => all.filter((one) => keyOfIngress(one) === `team/${name}`),
      },
      (name) => [...bindings.values()].filter((one) => one.namespace === "shop" && one.serviceName === name),
    );
  }

  /** The order of what is found does not count. */
  function table(
    ofIngresses: Readonly<Record<string, (name: string) => Iterable<IngressObject>>>,
    ofBindings: (name: string) => Iterable<BindingView>,
  ): Readonly<Record<string, readonly unknown[]>> {
    const rows = names.flatMap((name): readonly (readonly [string, readonly unknown[]])[] => [
      ...Object.entries(ofIngresses).map(
        ([look, find]) =>
          [
            `${look} ${name}`,
            [...find(name)].toSorted((a, b) => (keyOfIngress(a) < keyOfIngress(b) ? -1 : 1)),
          ] as const,
      ),
      [`bindings ${name}`, [...ofBindings(name)].map((view) => keyOf("TargetGroupBinding", view)).toSorted()],
    ]);
    return Object.fromEntries(rows);
  }
});
