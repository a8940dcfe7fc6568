import { describe, expect, test } from "vitest";
import { defaultProfile } from "../src/decision/facts.ts";
import { readSettings, type Settings } from "../src/settings.ts";
import { profileSettings, toProfile } from "../src/settings/profile.ts";
import { readTable, variableOf } from "../src/settings/table.ts";
import { webhookGroups, webhookSettings } from "../src/settings/webhook.ts";

describe("defaults", () => {
  test("with nothing given, the webhook runs in local mode and shows its demo", () => {
    expect(readSettings([], {})).toEqual({
      outcome: "settings",
      settings: {
        listen: { host: "127.0.0.1", port: 8443 },
        healthListen: { host: "127.0.0.1", port: 8081 },
        tls: { dir: undefined, selfManaged: false, names: [], minVersion: "TLSv1.3" },
        cluster: { by: "nothing" },
        policies: [],
        profile: defaultProfile,
        install: { scope: "ClusterWide", excludedNamespaces: [], showOtherNamespaces: false },
        logLevel: "info",
        logFile: undefined,
        shutdownDelaySeconds: 0,
        maxConnectionAgeSeconds: 300,
        maxInFlight: 1000,
        events: false,
        otlpEndpoint: undefined,
        demo: true,
      },
    });
  });

  test("in a cluster, shutdown waits for the API servers and there is no demo", () => {
    expect(settings(["--in-cluster", "--tls-dir", "/tls"])).toMatchObject({
      cluster: { by: "in-cluster", folder: undefined },
      tls: { dir: "/tls" },
      shutdownDelaySeconds: 10,
      demo: false,
    });
  });

  test("a given shutdown delay wins over the one of a cluster", () => {
    expect(settings(["--in-cluster", "--tls-dir", "/tls", "--shutdown-delay", "0"]).shutdownDelaySeconds).toBe(0);
  });

  test("with a kubeconfig and no certificate, the certificate is a throwaway one and there is no demo", () => {
    expect(settings(["--kubeconfig", "admin.conf"])).toMatchObject({
      cluster: { by: "kubeconfig", file: "admin.conf" },
      tls: { dir: undefined },
      shutdownDelaySeconds: 0,
      demo: false,
    });
  });

  test("a local demo can be turned off", () => {
    expect(settings(["--demo", "false"]).demo).toBe(false);
  });
});

describe("values", () => {
  test("every setting of the cluster profile arrives in the profile", () => {
    const argv =
      "--controllers aws-load-balancer-controller,eks-auto-mode --load-balancer-class example.com/nlb " +
      "--default-scheme internet-facing --default-target-type ip --ip-family dualstack --subnets-have-ipv6 true " +
      "--nodes-have-primary-ipv6 false --alb-class alb --alb-class alb-public " +
      "--platform gardener --discovered-subnets 3 --overlay-network true --in-tree-version v1.36.2 " +
      "--controller-version 3.5 --service-mutator false --enable-backend-security-group false " +
      "--enable-manage-backend-security-group-rules true --external-managed-tags team,cost-center " +
      "--feature-gates NLBSecurityGroup=true,EnableTCPUDPListener=true,SomethingElse=true,NLBSecurityGroup=false " +
      "--ingress-class edge --disable-ingress-class-annotation true --disable-ingress-group-name-annotation true " +
      "--alb-class-without-params alb-public --alb-class-without-params alb-plain";
    const { profile } = settings(argv.split(" "));
    expect(profile).toEqual({
      controllers: ["aws-load-balancer-controller", "eks-auto-mode"],
      loadBalancerClass: "example.com/nlb",
      defaultScheme: "internet-facing",
      defaultTargetType: "ip",
      ipFamily: "dualstack",
      subnetsHaveIPv6: true,
      platform: "gardener",
      discoveredSubnets: 3,
      overlayNetwork: true,
      inTreeVersion: { major: 1, minor: 36 },
      controllerVersion: { major: 3, minor: 5 },
      serviceMutator: false,
      backendSecurityGroup: false,
      manageBackendSecurityGroupRules: true,
      externalManagedTags: ["team", "cost-center"],
      featureGates: { ...defaultProfile.featureGates, NLBSecurityGroup: false, EnableTCPUDPListener: true },
      nodesHavePrimaryIPv6: false,
      ingressClass: "edge",
      disableIngressClassAnnotation: true,
      disableIngressGroupNameAnnotation: true,
      albClasses: [
        { name: "alb", hasParams: undefined },
        { name: "alb-public", hasParams: false },
        { name: "alb-plain", hasParams: false },
      ],
    });
  });

  test.each<[text: string, isOn: boolean | undefined]>([
    ["EnableCertificateManagement=true", true],
    ["EnableCertificateManagement=false", false],
    ["NLBSecurityGroup=true", undefined],
  ])("a gate without a known default is known once it is given: %s", (text, isOn) => {
    expect(settings([]).profile.featureGates.EnableCertificateManagement).toBeUndefined();
    expect(settings(["--feature-gates", text]).profile.featureGates.EnableCertificateManagement).toBe(isOn);
  });

  test.each([
    ["true", true],
    ["false", false],
    ["some", "some"],
  ])("subnets may have IPv6: %s", (text, subnetsHaveIPv6) => {
    expect(settings(["--subnets-have-ipv6", text]).profile.subnetsHaveIPv6).toBe(subnetsHaveIPv6);
  });

  test.each([["--ingress-class="], ["--ingress-class", ""]])("the class annotation may be empty: %j", (...argv) => {
    expect(settings(argv).profile.ingressClass).toBe("");
    expect(settings([]).profile.ingressClass).toBe("alb");
  });

  test("a command can read the profile's flags beside its own", () => {
    const table = {
      files: { flag: "filename", short: "f", takes: "paths", type: webhookSettings.policies.type, description: "" },
      ...profileSettings,
    } as const;
    const { values, operands, problems } = readTable(table, ["-f", "-", "web.yaml", "--ip-family=ipv6"], {});
    expect({ problems, operands, files: values.files }).toEqual({ problems: [], operands: ["web.yaml"], files: ["-"] });
    expect(toProfile(values)).toEqual({ ...defaultProfile, ipFamily: "ipv6" });
  });

  test("a flag wins over its variable, even over an illegal one", () => {
    expect(settings(["--log-level", "warn"], { DUALSTACK_LOG_LEVEL: "loud" }).logLevel).toBe("warn");
  });

  test("a variable counts where the flag is left out", () => {
    const env = {
      DUALSTACK_LISTEN: "[::]:443",
      DUALSTACK_IN_CLUSTER: "true",
      DUALSTACK_TLS_DIR: "/tls",
      DUALSTACK_TLS_MIN_VERSION: "1.2",
      DUALSTACK_TLS_NAME: "a.b.svc,a.b.svc.cluster.local",
      DUALSTACK_POLICY: "/policies:/more/team.yaml",
      DUALSTACK_EXCLUDE_NAMESPACE: "kube-system,dualstack-system",
      DUALSTACK_SCOPE: "OptIn",
    };
    expect(settings([], env)).toMatchObject({
      listen: { host: "::", port: 443 },
      cluster: { by: "in-cluster", folder: undefined },
      tls: { dir: "/tls", minVersion: "TLSv1.2", names: ["a.b.svc", "a.b.svc.cluster.local"] },
      policies: ["/policies", "/more/team.yaml"],
      install: { scope: "OptIn", excludedNamespaces: ["kube-system", "dualstack-system"] },
    });
  });

  test("an empty variable counts as left out", () => {
    expect(settings([], { DUALSTACK_LISTEN: "", DUALSTACK_POLICY: "" }).listen.port).toBe(8443);
  });

  test("a path given as a flag may contain a colon or a comma", () => {
    expect(settings(["--policy", "a:b,c.yaml", "--policy", "d"]).policies).toEqual(["a:b,c.yaml", "d"]);
  });

  test("a switch can be turned off by its variable or after an equals sign", () => {
    expect(settings([], { DUALSTACK_IN_CLUSTER: "false" }).cluster).toEqual({ by: "nothing" });
    expect(settings(["--in-cluster=false"]).cluster).toEqual({ by: "nothing" });
  });

  test.each([
    ["localhost:8443", { host: "localhost", port: 8443 }],
    ["0.0.0.0:0", { host: "0.0.0.0", port: 0 }],
    ["[::1]:65535", { host: "::1", port: 65_535 }],
  ])("%s is an address", (text, address) => {
    expect(settings(["--listen", text]).listen).toEqual(address);
  });
});

describe("problems", () => {
  test("all of them are listed at once, each by its own flag or variable", () => {
    const argv = ["--lisen", "a:1", "--log-level", "loud", "--policy", "", "serve", "--tls-dir"];
    expect(problems(argv, { DUALSTACK_SCOPE: "optin", DUALSTACK_LOGLEVEL: "info" })).toEqual([
      "--lisen is not a flag: did you mean --listen; --help lists them all.",
      "--tls-dir has no value: it must be the path of a folder.",
      '--policy is "": it must be the path of a file or a folder.',
      'DUALSTACK_SCOPE is "optin": it must be ClusterWide or OptIn.',
      '--log-level is "loud": it must be trace, debug, info, warn, error or silent.',
      '"serve" is not a flag: the webhook takes nothing but flags.',
      "DUALSTACK_LOGLEVEL is not a setting: did you mean DUALSTACK_LOG_LEVEL; --help lists them all.",
    ]);
  });

  test.each([
    ["--listen", "8443"],
    ["--listen", "127.0.0.1"],
    ["--listen", "127.0.0.1:65536"],
    ["--listen", "::1:8443"],
    ["--listen", "https://127.0.0.1:8443"],
    ["--shutdown-delay", "10s"],
    ["--shutdown-delay", "-1"],
    ["--shutdown-delay", "301"],
    ["--max-connection-age", "86401"],
    ["--max-connection-age", "5m"],
    ["--max-in-flight", "0"],
    ["--max-in-flight", "100001"],
    ["--tls-min-version", "1.1"],
    ["--subnets-have-ipv6", "yes"],
    ["--demo", "TRUE"],
    ["--controllers", "aws-load-balancer-controller,"],
    ["--controllers", "nobody"],
    ["--exclude-namespace", "Kube-System"],
    ["--alb-class", "alb/x"],
    ["--load-balancer-class", "/nlb"],
    ["--tls-name", "webhook..svc"],
    ["--scope", "cluster-wide"],
  ])("%s %s is refused", (flag, text) => {
    const value = text.split(",").at(-1) ?? "";
    expect(problems([`${flag}=${text}`, "--tls-dir=/tls"])).toEqual([
      expect.stringMatching(new RegExp(`^${flag} is ${escape(JSON.stringify(value))}: it must be .+\\.$`)),
    ]);
  });

  test("the longest shutdown delay is five minutes", () => {
    expect(settings(["--shutdown-delay", "300"]).shutdownDelaySeconds).toBe(300);
  });

  test("the limits of connections and requests are whole numbers", () => {
    expect(settings(["--max-connection-age", "0", "--max-in-flight=1"])).toMatchObject({
      maxConnectionAgeSeconds: 0,
      maxInFlight: 1,
    });
    expect(settings(["--max-connection-age=86400", "--max-in-flight=100000"])).toMatchObject({
      maxConnectionAgeSeconds: 86_400,
      maxInFlight: 100_000,
    });
  });

  test("a flag whose value was forgotten does not swallow the next flag", () => {
    expect(problems(["--tls-dir", "--log-level", "info"])).toEqual([
      "--tls-dir has no value: it must be the path of a folder.",
    ]);
  });

  test("a flag that takes one value is refused when it is given twice", () => {
    expect(problems(["--scope", "OptIn", "--scope", "ClusterWide"])).toEqual([
      "--scope is given more than once: give it once.",
    ]);
  });

  test("nothing is suggested for a flag that is like no other", () => {
    expect(problems(["--zzzzzzzz"])).toEqual(["--zzzzzzzz is not a flag; --help lists them all."]);
  });

  test("a switch takes no other value than true or false", () => {
    expect(problems(["--in-cluster=1", "--tls-dir=/tls"])).toEqual(['--in-cluster is "1": it must be true or false.']);
  });

  test("help and version have no variable", () => {
    expect(problems([], { DUALSTACK_HELP: "true" })).toEqual([
      expect.stringMatching(/^DUALSTACK_HELP is not a setting.*; --help lists them all\.$/),
    ]);
  });

  test("the variables that Kubernetes sets for a Service named dualstack-webhook are no settings", () => {
    const env = {
      DUALSTACK_WEBHOOK_SERVICE_HOST: "10.0.0.1",
      DUALSTACK_WEBHOOK_SERVICE_PORT: "443",
      DUALSTACK_WEBHOOK_SERVICE_PORT_HTTPS: "443",
      DUALSTACK_WEBHOOK_PORT: "tcp://10.0.0.1:443",
      DUALSTACK_WEBHOOK_PORT_443_TCP: "tcp://10.0.0.1:443",
      DUALSTACK_WEBHOOK_PORT_443_TCP_ADDR: "10.0.0.1",
      DUALSTACK_WEBHOOK_PORT_443_TCP_PROTO: "tcp",
    };
    expect(readSettings([], env).outcome).toBe("settings");
    expect(problems([], { DUALSTACK_WEBHOOK: "x" })).toHaveLength(1);
  });
});

describe("contradictions", () => {
  test("in-cluster credentials and a kubeconfig", () => {
    expect(problems(["--in-cluster", "--tls-dir", "/tls"], { DUALSTACK_KUBECONFIG: "k" })).toEqual([
      "--in-cluster and DUALSTACK_KUBECONFIG contradict each other: give one of them.",
    ]);
  });

  test("a cluster's API server and a throwaway certificate", () => {
    expect(problems([], { DUALSTACK_IN_CLUSTER: "true" })).toEqual([
      "DUALSTACK_IN_CLUSTER needs --tls-dir or --self-managed-certificate: the API server trusts no throwaway certificate.",
    ]);
  });

  test("a service account's folder outside of a cluster", () => {
    expect(problems(["--service-account-dir", "/token"])).toEqual([
      "--service-account-dir needs --in-cluster: nothing else uses a service account.",
    ]);
  });

  test("names to check and no certificate to check", () => {
    expect(problems(["--tls-name", "a.b.svc"])).toEqual([
      "--tls-name needs --tls-dir: the throwaway certificate is for localhost only.",
    ]);
  });

  test("a canary without a cluster, or where nothing is judged", () => {
    expect(problems(["--canary-namespace", "canary"])).toEqual([
      "--canary-namespace needs --in-cluster or --kubeconfig: it asks the API server.",
    ]);
    const inCluster = ["--in-cluster", "--tls-dir", "/tls", "--canary-namespace", "canary"];
    expect(problems([...inCluster, "--exclude-namespace", "a,canary"])).toEqual([
      "--canary-namespace is canary, and --exclude-namespace names canary too: nothing would be judged there.",
    ]);
    expect(settings(inCluster).canaryNamespace).toBe("canary");
  });

  test("a certificate of our own making, without a cluster to keep it in, without names, or beside another one", () => {
    expect(problems(["--self-managed-certificate"])).toEqual([
      "--self-managed-certificate needs --in-cluster or --kubeconfig: the certificate is kept in the cluster.",
      "--self-managed-certificate needs --tls-name: the certificate is made for the names that it gives.",
    ]);
    expect(
      problems(["--in-cluster", "--self-managed-certificate", "--tls-name=a.b.svc"], { DUALSTACK_TLS_DIR: "/tls" }),
    ).toEqual(["--self-managed-certificate and DUALSTACK_TLS_DIR contradict each other: give one of them."]);
    expect(problems(["--demo=true", "--kubeconfig=k", "--tls-name=a.b.svc", "--self-managed-certificate"])).toEqual([
      "--demo is true, but the demo runs in local mode only: leave it out, or leave out --self-managed-certificate.",
    ]);
    expect(settings(["--in-cluster", "--self-managed-certificate", "--tls-name=a.b.svc"])).toMatchObject({
      tls: { dir: undefined, selfManaged: true, names: ["a.b.svc"] },
      demo: false,
    });
  });

  test("a demo outside local mode", () => {
    expect(problems(["--demo", "true", "--tls-dir", "/tls"])).toEqual([
      "--demo is true, but the demo runs in local mode only: leave it out, or leave out --tls-dir.",
    ]);
    expect(settings(["--demo", "false", "--tls-dir", "/tls"]).demo).toBe(false);
  });

  test("one port for both servers, unless the operating system chooses it", () => {
    expect(problems(["--listen", "127.0.0.1:8081"])).toEqual([
      "--listen and --health-listen are both port 8081 of 127.0.0.1: give each its own port.",
    ]);
    expect(settings(["--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0"]).listen.port).toBe(0);
  });
});

describe("help", () => {
  test("it wins over every problem, and so does the version", () => {
    expect(readSettings(["--nonsense", "-h"], { DUALSTACK_SCOPE: "x" }).outcome).toBe("help");
    expect(readSettings(["--nonsense", "--version"], {})).toEqual({ outcome: "version" });
  });

  test("it names every flag and variable, and fits into 80 columns", () => {
    const text = help();
    const { help: helpFlag, version, ...others } = webhookSettings;
    expect(text).toMatch(new RegExp(`^  -${helpFlag.short}, --help$`, "m"));
    expect(text).toMatch(new RegExp(`^  --${version.flag}$`, "m"));
    for (const setting of Object.values(others)) {
      expect(text).toMatch(new RegExp(`--${setting.flag}( |$)`, "m"));
      expect(text).toMatch(new RegExp(` ${variableOf(setting)}$`, "m"));
    }
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("it shows a setting with its value, variable, meaning and default", () => {
    expect(help()).toContain(
      [
        "  --tls-min-version 1.2|1.3               DUALSTACK_TLS_MIN_VERSION",
        "      The oldest TLS version to speak; 1.2 only for a middlebox that inspects",
        "      TLS. Default: 1.3.",
      ].join("\n"),
    );
  });
});

describe("the table", () => {
  const settingsOfGroups = webhookGroups.flatMap(({ table }) => Object.values(table));

  test("no two settings share a name or a flag", () => {
    expect(Object.keys(webhookSettings)).toHaveLength(settingsOfGroups.length);
    expect(new Set(settingsOfGroups.map(({ flag }) => flag)).size).toBe(settingsOfGroups.length);
  });

  test("every default is a legal value", () => {
    const illegal = settingsOfGroups.flatMap((setting) =>
      setting.takes === "nothing"
        ? []
        : [setting.default ?? []].flat().filter((text) => setting.type.parse(text) === undefined),
    );
    expect(illegal).toEqual([]);
  });
});

function settings(argv: readonly string[], env: Record<string, string> = {}): Settings {
  const result = readSettings(argv, env);
  if (result.outcome !== "settings") throw new Error(JSON.stringify(result));
  return result.settings;
}

function problems(argv: readonly string[], env: Record<string, string> = {}): readonly string[] {
  const result = readSettings(argv, env);
  if (result.outcome !== "problems") throw new Error(`no problem found: ${result.outcome}`);
  return result.problems;
}

function help(): string {
  const result = readSettings(["--help"], {});
  if (result.outcome !== "help") throw new Error(result.outcome);
  return result.help;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

describe("what leaves the program", () => {
  test("--events needs a cluster", () => {
    expect(readSettings(["--events"], {})).toEqual({
      outcome: "problems",
      problems: ["--events needs --in-cluster or --kubeconfig: Events are written to a cluster."],
    });
    expect(settings(["--events", "--kubeconfig=a"]).events).toBe(true);
  });

  test("traces go to --otlp-endpoint before the standard variable", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://standard:4318/" };
    expect(settings([], env).otlpEndpoint).toBe("http://standard:4318");
    expect(settings(["--otlp-endpoint=https://own/otlp/"], env).otlpEndpoint).toBe("https://own/otlp");
    expect(settings([], { OTEL_EXPORTER_OTLP_ENDPOINT: "" }).otlpEndpoint).toBeUndefined();
  });
});
