/** Starts a real Kubernetes API server, with etcd under it, for one test file. There are no controllers and no nodes. */
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { findAssets } from "./assets.ts";
import type { Assets } from "./assets.ts";
import { bareEnvironment, createNest, poll, run } from "./processes.ts";
import type { Nest, Result, Server } from "./processes.ts";

export interface ControlPlaneOptions {
  /** The ranges of Service addresses. Two make the cluster dual-stack; the first gives its default family. */
  readonly serviceCidr?: string;
  /** Users to have credentials for, beside `admin` and `webhookUser`. */
  readonly users?: readonly User[];
  /** Keeps an audit log of writes of Services and Ingresses, and of all that the webhook asks for, for `auditEvents`. */
  readonly audit?: boolean;
  /** Sends every request on with a trace context, as an API server with tracing does. Its own spans go nowhere. */
  readonly tracing?: boolean;
}

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

interface Credentials {
  readonly token: string;
  readonly kubeconfigPath: string;
}

export interface ControlPlane {
  readonly url: string;
  readonly caPem: string;
  /** The administrator's. */
  readonly token: string;
  readonly kubeconfigPath: string;
  readonly apiServerLogPath: string;
  /** What the audit log has so far, in order. */
  auditEvents(): Promise<readonly AuditEvent[]>;
  /** What a user logs in with; the user must be one of those that the control plane was started with. */
  credentialsOf(user: User): Credentials;
  /** Runs kubectl, as the administrator unless `user` is given. A failure is a code other than 0, never an exception. */
  kubectl(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Runs any other client (helm, our own commands) the way `kubectl` runs: against this API server, and no other. */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Stops the API server, does what is asked while it is down, and starts it again: same URL, certificate and data. */
  restartApiServer(whileDown?: () => Promise<void>, how?: "in good order" | "killed"): Promise<void>;
  /** Kills etcd, does what is asked while it is down, and starts it again. The API server goes on. */
  restartEtcd(whileDown: () => Promise<void>): Promise<void>;
  /** etcd takes connections and answers nothing while this is done. */
  freezeEtcd(whileFrozen: () => Promise<void>): Promise<void>;
  /** Kills everything and removes all data: nothing of it is worth the second that an orderly end takes. */
  stop(): Promise<void>;
}

/** The fields of an audit.k8s.io/v1 Event that tests read. */
export interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  /** Of a collection or an object; paths such as /version have none. */
  readonly objectRef: {
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly resource: string;
    readonly subresource?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RunOptions {
  readonly stdin?: string;
  readonly user?: User;
}

/** May do everything. */
const admin: User = { name: "admin", groups: ["system:masters"] };

/** The webhook's own service account: may do what RBAC objects allow it, which at first is next to nothing. */
export const webhookUser: User = {
  name: "system:serviceaccount:dualstack-system:dualstack-webhook",
  groups: ["system:serviceaccounts", "system:serviceaccounts:dualstack-system"],
};

const startWithin = 90_000;
const stopWithin = 5_000;

export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const assets = await findAssets();
  // A free port can be taken by another process before our program has it: then once more with others.
  for (let attempt = 1; ; attempt++) {
    const nest = await createNest();
    try {
      return await startIn(nest, assets, options);
    } catch (error) {
      const portTaken = error instanceof Error && error.message.includes("address already in use");
      await nest.remove();
      if (!portTaken || attempt === 3) throw error;
    }
  }
}

async function startIn(nest: Nest, assets: Assets, options: ControlPlaneOptions): Promise<ControlPlane> {
  const etcdUrl = `http://127.0.0.1:${await freePort()}`;
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const home = join(nest.folder, "home");
  const users = await writeUsers(nest.folder, [admin, webhookUser, ...(options.users ?? [])]);
  await writeFile(join(nest.folder, "service-accounts.key"), newKey());
  await writeFile(join(nest.folder, "audit.json"), JSON.stringify(auditPolicy));
  await writeFile(join(nest.folder, "tracing.json"), JSON.stringify(tracingConfiguration));

  const launchEtcd = (): Promise<Server> =>
    nest.launch("etcd", assets.etcd, [
      "--data-dir=etcd",
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      "--listen-peer-urls=http://127.0.0.1:0",
      "--unsafe-no-fsync",
      // The only member need not wait a second before it elects itself.
      "--heartbeat-interval=10",
      "--election-timeout=100",
      "--log-level=warn",
    ]);
  const launchApiServer = (): Promise<Server> =>
    nest.launch("kube-apiserver", assets.kubeApiServer, [
      `--etcd-servers=${etcdUrl}`,
      `--secure-port=${port}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      "--cert-dir=certificates",
      `--service-cluster-ip-range=${options.serviceCidr ?? "10.96.0.0/16,fd00:10:96::/108"}`,
      // Ours is no address that a Service could point to; IPv6 ranges do not even start with another type.
      "--endpoint-reconciler-type=none",
      "--authorization-mode=RBAC",
      "--token-auth-file=tokens.csv",
      "--service-account-issuer=https://kubernetes.default.svc",
      "--service-account-key-file=service-accounts.key",
      "--service-account-signing-key-file=service-accounts.key",
      // No controller makes default service accounts, without which this plugin refuses every Pod.
      "--disable-admission-plugins=ServiceAccount",
      "--allow-privileged=true",
      ...(options.audit === true ? ["--audit-policy-file=audit.json", "--audit-log-path=audit.log"] : []),
      ...(options.tracing === true ? ["--tracing-config-file=tracing.json"] : []),
    ]);

  let etcd = await launchEtcd();
  let apiServer = await launchApiServer();
  const untilReady = () => waitUntilReady(nest.folder, { etcd, "kube-apiserver": apiServer }, url, users);
  const caPem = await untilReady();
  await mkdir(home);
  for (const { token, kubeconfigPath } of users.values()) {
    await writeFile(kubeconfigPath, kubeconfig(url, caPem, token), { mode: 0o600 });
  }

  const credentialsOf = (user: User): Credentials => {
    const credentials = users.get(user.name);
    if (credentials === undefined) throw new Error(`The control plane was not started with a user ${user.name}`);
    return credentials;
  };
  const runProgram: ControlPlane["run"] = (program, args, { stdin, user = admin } = {}) => {
    const env = { ...bareEnvironment(home), KUBECONFIG: credentialsOf(user).kubeconfigPath };
    return run(program, args, { env, stdin });
  };

  return {
    url,
    caPem,
    ...credentialsOf(admin),
    apiServerLogPath: join(nest.folder, "kube-apiserver.log"),
    async auditEvents() {
      const lines = (await readFile(join(nest.folder, "audit.log"), "utf8")).split("\n");
      return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as AuditEvent);
    },
    credentialsOf,
    kubectl: (args, runOptions) => runProgram(assets.kubectl, args, runOptions),
    run: runProgram,
    async restartApiServer(whileDown, how = "in good order") {
      await apiServer.stop(how === "killed" ? 0 : stopWithin);
      try {
        await whileDown?.();
      } finally {
        apiServer = await launchApiServer();
        await untilReady();
      }
    },
    async restartEtcd(whileDown) {
      await etcd.stop(0);
      try {
        await whileDown();
      } finally {
        etcd = await launchEtcd();
        await untilReady();
      }
    },
    async freezeEtcd(whileFrozen) {
      etcd.signal("SIGSTOP");
      try {
        await whileFrozen();
      } finally {
        etcd.signal("SIGCONT");
        await untilReady();
      }
    },
    stop: () => nest.remove(),
  };
}

const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "Metadata", users: [webhookUser.name], resources: [{ group: "*" }] },
    {
      level: "Metadata",
      verbs: ["create", "update", "patch"],
      resources: [
        { group: "", resources: ["services"] },
        { group: "networking.k8s.io", resources: ["ingresses"] },
      ],
    },
    { level: "None" },
  ],
};

const tracingConfiguration = {
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "TracingConfiguration",
  endpoint: "127.0.0.1:9",
  samplingRatePerMillion: 1_000_000,
};

/**
 * Gives each user a token, in the file that the API server reads them from. The names of the kubeconfig files are fixed
 * here; they can be written only when the API server has made its certificate.
 */
async function writeUsers(folder: string, users: readonly User[]): Promise<ReadonlyMap<string, Credentials>> {
  const credentials = users.map((user, index) => ({
    user,
    token: randomUUID(),
    kubeconfigPath: join(folder, `kubeconfig-${index}`),
  }));
  const lines = credentials.map(({ user, token }) => `${token},${user.name},${user.name},"${user.groups.join(",")}"\n`);
  await writeFile(join(folder, "tokens.csv"), lines.join(""), { mode: 0o600 });
  return new Map(credentials.map(({ user, token, kubeconfigPath }) => [user.name, { token, kubeconfigPath }]));
}

/** Signs the tokens of service accounts (`kubectl create token`). In SEC 1 form: of PKCS 8 only RSA keys are understood. */
function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "sec1", format: "pem" }).toString();
}

/** Outside the range from which systems pick ports for outgoing connections, which would take ours now and then. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/** Waits until the API server takes Services, and returns the CA of the certificate that it has made for itself. */
async function waitUntilReady(
  folder: string,
  servers: Readonly<Record<string, Server>>,
  url: string,
  users: ReadonlyMap<string, Credentials>,
): Promise<string> {
  const token = users.get(admin.name)?.token ?? "";
  let caPem = "";
  let ended: string | undefined;
  const ready = async (): Promise<boolean> => {
    ended = Object.entries(servers)
      .map(([name, server]) => ({ name, how: server.ended() }))
      .filter(({ how }) => how !== undefined)
      .map(({ name, how }) => `${name} ${how}`)
      .at(0);
    if (ended !== undefined) return true;
    caPem = await readCa(join(folder, "certificates", "apiserver.crt"));
    if (caPem === "") return false;
    return (
      (await status({ url: `${url}/readyz`, caPem, token })) === 200 &&
      // Namespaces and the ranges of Service addresses come into being a moment after readyz.
      (await status({ url: `${url}/api/v1/namespaces/default/services?dryRun=All`, caPem, token, body: probe })) === 201
    );
  };

  const answered = await poll(ready, { every: 50, within: startWithin });
  if (answered && ended === undefined) return caPem;
  const logs = await Promise.all(Object.keys(servers).map((name) => endOfLog(folder, name)));
  throw new Error([ended ?? `The API server is not ready after ${startWithin / 1000} s`, ...logs].join("\n"));
}

const probe = JSON.stringify({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "is-the-api-server-ready" },
  spec: { ports: [{ port: 1 }] },
});

/** The last certificate of the file; empty while there is none. */
async function readCa(path: string): Promise<string> {
  const pem = await readFile(path, "utf8").catch(() => "");
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g)?.at(-1) ?? "";
}

/** The HTTP status of an answer; undefined where there is none. */
function status(call: {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
  readonly body?: string;
}): Promise<number | undefined> {
  return new Promise((resolve) => {
    const outgoing = request(
      call.url,
      {
        method: call.body === undefined ? "GET" : "POST",
        ca: call.caPem,
        headers: { authorization: `Bearer ${call.token}`, "content-type": "application/json" },
        timeout: 5_000,
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    );
    outgoing.once("timeout", () => outgoing.destroy());
    outgoing.once("error", () => resolve(undefined));
    outgoing.end(call.body);
  });
}

async function endOfLog(folder: string, name: string): Promise<string> {
  const log = await readFile(join(folder, `${name}.log`), "utf8").catch(() => "");
  return [`--- the end of ${name}.log:`, ...log.trimEnd().split("\n").slice(-30)].join("\n");
}

/** JSON is YAML. */
function kubeconfig(url: string, caPem: string, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [
      { name: "test", cluster: { server: url, "certificate-authority-data": Buffer.from(caPem).toString("base64") } },
    ],
    users: [{ name: "test", user: { token } }],
  });
}
