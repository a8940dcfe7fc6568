import { describe, expect, test } from "vitest";
import { previewGroups, readPreviewSettings } from "../../src/commands/preview-settings.ts";
import type { PreviewSettings } from "../../src/commands/preview-settings.ts";
import { defaultProfile } from "../../src/decision/facts.ts";

describe("settings", () => {
  test("with nothing but a file, the rest is the default", () => {
    expect(settings(["-f", "a.yaml"])).toEqual({
      paths: ["a.yaml"],
      cluster: undefined,
      namespace: "default",
      namespaceLabels: {},
      policies: [],
      profile: defaultProfile,
      install: { scope: "ClusterWide", excludedNamespaces: [], showOtherNamespaces: true },
      output: "table",
    });
  });

  test.each([[["-o", "json"]], [["-ojson"]], [["-o=json"]], [["--output", "json"]], [["--output=json"]]])(
    "%j asks for JSON",
    (argv) => {
      expect(settings(["-f", "a", ...argv]).output).toBe("json");
    },
  );

  test("-f may be repeated, and - is standard input", () => {
    expect(settings(["-f", "-", "-fa", "--filename=b,c"]).paths).toEqual(["-", "a", "b,c"]);
  });

  test("namespace labels are separated by commas or given one by one, and may be empty", () => {
    const argv = ["-f", "a", "--namespace-labels", "dualstack.dev/policy=p,team=", "--namespace-labels=env=prod"];
    expect(settings(argv).namespaceLabels).toEqual({ "dualstack.dev/policy": "p", team: "", env: "prod" });
  });

  test("the webhook's variables count for the cluster and the policies, and a flag wins over them", () => {
    const env = { DUALSTACK_POLICY: "p:q", DUALSTACK_IP_FAMILY: "ipv6", DUALSTACK_SCOPE: "OptIn" };
    const { policies, profile, install } = settings(["-f", "a", "--ip-family", "ipv4"], env);
    expect({ policies, ipFamily: profile.ipFamily, scope: install.scope }).toEqual({
      policies: ["p", "q"],
      ipFamily: "ipv4",
      scope: "OptIn",
    });
  });

  test("a cluster is read where it is asked for, with files or without, from the kubeconfig that is named", () => {
    expect(settings(["--cluster"])).toMatchObject({ paths: [], cluster: { kubeconfig: undefined } });
    expect(settings(["--cluster", "-f", "a", "--kubeconfig", "k"])).toMatchObject({
      paths: ["a"],
      cluster: { kubeconfig: "k" },
    });
    expect(settings(["-f", "a"], { DUALSTACK_CLUSTER: "true", KUBECONFIG: "k" }).cluster).toBeUndefined();
  });

  test("what is to be read is said on the command line only", () => {
    expect(settings(["-f", "a"], { DUALSTACK_FILENAME: "b", DUALSTACK_OUTPUT: "json" })).toMatchObject({
      paths: ["a"],
      output: "table",
    });
  });
});

describe("problems", () => {
  test("all of them are listed at once", () => {
    const argv = ["--polcy", "p", "-o", "xml", "b.yaml", "--namespace-labels", "a", "-n", "Shop"];
    expect(problems(argv)).toEqual([
      "--polcy is not a flag: did you mean --policy; --help lists them all.",
      '--namespace is "Shop": it must be a namespace\'s name: lower-case letters, digits and -.',
      '--namespace-labels is "a": it must be a label such as dualstack.dev/policy=NAME.',
      '--output is "xml": it must be table, yaml or json.',
      '"b.yaml" is not a flag: name each file or folder with its own -f.',
      "-f is missing: name a file, a folder, or - for standard input; or give --cluster to look at a cluster.",
    ]);
  });

  test.each([
    [["--filname", "a"], "--filname is not a flag: did you mean --filename; --help lists them all."],
    [["-f"], "--filename has no value: it must be the path of a file or a folder, or - for standard input."],
    [["-f", ""], '--filename is "": it must be the path of a file or a folder, or - for standard input.'],
  ])("%j is one problem and not two", (argv, problem) => {
    expect(problems(argv)).toEqual([problem]);
  });

  test("a kubeconfig without --cluster would not be read", () => {
    expect(problems(["-f", "a", "--kubeconfig", "k"])).toEqual([
      "--kubeconfig needs --cluster: without it no cluster is read.",
    ]);
  });

  test("standard input can be read once", () => {
    expect(problems(["-f", "-", "-f", "-"])).toEqual([
      "-f - is given more than once: standard input can be read once only.",
    ]);
  });

  test("a namespace has one value of a label, which may be said twice", () => {
    expect(problems(["-f", "a", "--namespace-labels", "a=b,a=c"])).toEqual([
      '--namespace-labels gives a the values "b" and "c": give one.',
    ]);
    expect(settings(["-f", "a", "--namespace-labels", "a=b,a=b"]).namespaceLabels).toEqual({ a: "b" });
  });

  test.each(["=v", "a b=c", "a=b=c", "a=-", "/a=b"])("%j is no label", (label) => {
    expect(problems(["-f", "a", "--namespace-labels", label])).toHaveLength(1);
  });

  test("help wins over all of them", () => {
    expect(readPreviewSettings(["--nonsense", "-h"], {})).toEqual({ outcome: "help" });
  });

  test("no two flags share a name", () => {
    const flags = previewGroups.flatMap(({ table }) =>
      Object.values(table).flatMap(({ flag, short }) => [flag, short]),
    );
    const named = flags.filter((flag) => flag !== undefined);
    expect(new Set(named).size).toBe(named.length);
  });
});

function settings(argv: readonly string[], env: Record<string, string> = {}): PreviewSettings {
  const result = readPreviewSettings(argv, env);
  if (result.outcome !== "settings") throw new Error(JSON.stringify(result));
  return result.settings;
}

function problems(argv: readonly string[]): readonly string[] {
  const result = readPreviewSettings(argv, {});
  if (result.outcome !== "problems") throw new Error(`no problem found: ${result.outcome}`);
  return result.problems;
}
