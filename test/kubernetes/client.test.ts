import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { apiClient, connect } from "../../src/kubernetes/client.ts";
import type { ApiClient, ConnectOptions } from "../../src/kubernetes/client.ts";
import { createLocalCertificate } from "../../src/server/local-certificate.ts";
import { apiServerStub, hangs, json, resets, text, watchThat } from "../support/api-server-stub.ts";
import type { ApiServerStub } from "../support/api-server-stub.ts";
import { eventually, fastClock, patientClock } from "../support/fast-clock.ts";

const path = "/api/v1/namespaces/shop";

describe("in a cluster", () => {
  it("trusts the mounted CA, sends the mounted token, and follows both when they change", async () => {
    const first = await createLocalCertificate(temporaryFolder());
    const second = await createLocalCertificate(temporaryFolder());
    const server = await secureServer(first);
    const folder = serviceAccount("token-1\n", first.ca);
    const client = await connected({ inCluster: { folder, environment: at("127.0.0.1", server.port) } });

    expect(await client.get(path)).toMatchObject({ status: 200, body: "Bearer token-1" });
    writeFileSync(join(folder, "token"), "token-2");
    expect(await client.get(path)).toMatchObject({ body: "Bearer token-2" });
    expect(server.connections()).toBe(1);

    server.use(second);
    await expect(client.get(path)).rejects.toMatchObject({ reason: "connection" });
    writeFileSync(join(folder, "ca.crt"), second.ca);
    expect(await client.get(path)).toMatchObject({ status: 200 });
  });

  it("reaches an IPv6 address", async () => {
    const trusted = await createLocalCertificate(temporaryFolder());
    const server = await secureServer(trusted, "::1");
    const folder = serviceAccount("token", trusted.ca);
    const client = await connected({ inCluster: { folder, environment: at("::1", server.port) } });

    expect(await client.get(path)).toMatchObject({ status: 200 });
  });

  it.each([
    { name: "outside of a cluster", environment: {}, says: "KUBERNETES_SERVICE_HOST is not set" },
    {
      name: "without a port",
      environment: { KUBERNETES_SERVICE_HOST: "a" },
      says: "KUBERNETES_SERVICE_PORT is not set",
    },
    {
      name: "with a bad port",
      environment: at("10.0.0.1", "https"),
      says: 'KUBERNETES_SERVICE_PORT "https" make no address',
    },
  ])("says at start what is wrong $name", async ({ environment, says }) => {
    await expect(connect({ inCluster: { environment, folder: temporaryFolder() } })).rejects.toThrow(says);
  });

  it("says at start which file is missing or empty", async () => {
    const environment = at("10.0.0.1", 443);

    const missing = connect({ inCluster: { environment, folder: temporaryFolder() } });
    await expect(missing).rejects.toThrow(/(token|ca\.crt) cannot be read \(ENOENT.*automountServiceAccountToken/);
    const empty = connect({ inCluster: { environment, folder: serviceAccount("", "x") } });
    await expect(empty).rejects.toThrow(/token is empty/);
  });
});

describe("with a kubeconfig", () => {
  it("uses server, path prefix, token and CA of the current context", async () => {
    const trusted = await createLocalCertificate(temporaryFolder());
    const server = await secureServer(trusted);
    const file = kubeconfig({
      cluster: { server: `${server.url}/clusters/one/`, "certificate-authority-data": base64(trusted.ca) },
      user: { token: "from-file" },
    });
    const client = await connected({ kubeconfig: file });

    expect(await client.get(path)).toMatchObject({ status: 200, body: "Bearer from-file" });
    expect(server.lastPath()).toBe(`/clusters/one${path}`);
  });

  it("sends a client certificate", async () => {
    const trusted = await createLocalCertificate(temporaryFolder());
    const server = await secureServer(trusted);
    const file = kubeconfig({
      cluster: { server: server.url, "certificate-authority-data": base64(trusted.ca) },
      user: { "client-certificate-data": base64(trusted.cert), "client-key-data": base64(trusted.key) },
    });
    const client = await connected({ kubeconfig: file });

    expect(await client.get(path)).toMatchObject({ status: 200, body: "CN=localhost" });
  });

  it("finds files that it names relative to its own folder", async () => {
    const trusted = await createLocalCertificate(temporaryFolder());
    const server = await secureServer(trusted);
    const file = kubeconfig({
      cluster: { server: server.url, "certificate-authority": "../ca.crt" },
      user: { token: "t" },
    });
    writeFileSync(join(dirname(file), "../ca.crt"), trusted.ca);

    expect(await (await connected({ kubeconfig: file })).get(path)).toMatchObject({ status: 200 });
  });

  it("does not trust a server whose CA it does not know", async () => {
    const server = await secureServer(await createLocalCertificate(temporaryFolder()));
    const client = await connected({
      kubeconfig: kubeconfig({ cluster: { server: server.url }, user: { token: "t" } }),
    });

    await expect(client.get(path)).rejects.toMatchObject({ reason: "connection" });
  });

  it.each([
    { name: "a name and password", user: { username: "u", password: "p" }, expected: `Basic ${base64("u:p")}` },
    { name: "a token file beside it", user: { tokenFile: "token.txt" }, expected: "Bearer from-token-file" },
    { name: "an exec plugin", user: execUser("printf", "from-plugin"), expected: "Bearer from-plugin" },
  ])("logs in with $name", async ({ user, expected }) => {
    const stub = await apiServerStub();
    const client = await connected({ kubeconfig: kubeconfig({ cluster: plain(stub), user }) });

    await client.get(path);

    expect(stub.requests[0]?.authorization).toBe(expected);
  });

  it("runs the plugin again at once when its token is refused", async () => {
    const stub = await apiServerStub();
    stub.put("shop", {});
    const counter = join(temporaryFolder(), "runs");
    const user = execUser("sh", `echo >> ${counter}; wc -l < ${counter} | tr -d ' \\n'`);
    const client = await connected({ kubeconfig: kubeconfig({ cluster: plain(stub), user }) });
    await client.get(path);
    stub.script("get", json(401, {}));

    expect(await client.get(path)).toMatchObject({ status: 200 });
    expect(stub.requests.map(({ authorization }) => authorization)).toEqual(["Bearer 1", "Bearer 1", "Bearer 2"]);
  });

  it("follows the file when it changes", async () => {
    const stub = await apiServerStub();
    const file = kubeconfig({ cluster: plain(stub), user: { token: "one" } });
    const client = await connected({ kubeconfig: file });
    await client.get(path);
    writeFileSync(file, document({ cluster: plain(stub), user: { token: "two" } }));
    await client.get(path);

    expect(stub.requests.map(({ authorization }) => authorization)).toEqual(["Bearer one", "Bearer two"]);
  });

  it.each([
    { name: "no YAML", content: "{", says: /is not a kubeconfig/ },
    { name: "empty", content: "", says: /is not a kubeconfig/ },
    {
      name: "without a current context",
      content: document({}, { "current-context": undefined }),
      says: /names no current context\. It has "main"\. Choose one/,
    },
    {
      name: "with a current context that it lacks",
      content: document({}, { "current-context": "old" }),
      says: /has no context "old", its current-context\. It has "main"/,
    },
    {
      name: "with a context whose cluster it lacks",
      content: document({}, { clusters: [] }),
      says: /has no cluster "main"/,
    },
    {
      name: "with a server that is no URL",
      content: document({ cluster: { server: "10.0.0.1" } }),
      says: /gives "10\.0\.0\.1" as the server/,
    },
    {
      name: "with a plugin that is not installed",
      content: document({ user: { exec: { command: "/no/such/plugin" } } }),
      says: /gives no usable credentials for context "main" \(.*ENOENT/,
    },
    {
      name: "with a plugin that fails",
      content: document({ user: { exec: { command: "sh", args: ["-c", "echo no session >&2; exit 3"] } } }),
      says: /\(no session\)/,
    },
  ])("says at start what is wrong with a file that is $name", async ({ content, says }) => {
    const file = join(temporaryFolder(), "config");
    writeFileSync(file, content);

    await expect(connect({ kubeconfig: file })).rejects.toThrow(says);
    await expect(connect({ kubeconfig: file })).rejects.toThrow(file);
  });

  it("says at start that a plugin hangs", async () => {
    const file = kubeconfig({ user: { exec: { command: "sleep", args: ["1"] } } });

    await expect(connect({ kubeconfig: file, clock: fastClock(() => 5) })).rejects.toThrow(
      "reading the credentials: nothing arrived within 60 s",
    );
  });

  it("says at start that the file is missing", async () => {
    await expect(connect({ kubeconfig: "/no/such/config" })).rejects.toThrow(
      /kubeconfig \/no\/such\/config cannot be read \(ENOENT.*\)\. Check the path\./,
    );
  });
});

describe("a request", () => {
  it("is repeated at once after a 401 when the token has changed, and only then", async () => {
    const stub = await apiServerStub();
    stub.put("shop", {});
    let token = "old";
    const client = clientOf(stub, () => token);
    stub.script("get", json(401, {}));
    expect(await client.get(path)).toMatchObject({ status: 401 });

    stub.script("get", (response) => {
      token = "new";
      json(401, {})(response);
    });
    expect(await client.get(path)).toMatchObject({ status: 200 });
    expect(stub.requests.map(({ authorization }) => authorization)).toEqual(["old", "old", "new"]);
    await eventually(() => expect(stub.openConnections).toBe(1));
  });

  it("keeps its connection for the next one", async () => {
    const stub = await apiServerStub();
    const client = clientOf(stub);

    for (let i = 0; i < 3; i += 1) await client.get(path);

    expect(stub.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
  });

  it("is repeated once on a new connection when the kept one was closed meanwhile", async () => {
    const stub = await apiServerStub();
    stub.put("shop", {});
    const client = clientOf(stub);
    await client.get(path);
    stub.script("get", resets);

    expect(await client.get(path)).toMatchObject({ status: 200 });
    expect(stub.count("get")).toBe(3);
  });

  it("fails when a new connection is reset", async () => {
    const stub = await apiServerStub();
    stub.script("get", resets);

    await expect(clientOf(stub).get(path)).rejects.toMatchObject({ reason: "connection" });
    expect(stub.count("get")).toBe(1);
  });

  it.each([
    { name: "answers nothing", script: hangs },
    { name: "stops in the middle of an answer", script: watchThat("{", "hangs") },
  ])("is bounded in time when the server $name, and the next one works", async ({ script }) => {
    const stub = await apiServerStub();
    const clock = patientClock();
    const client = clientOf(stub, undefined, clock);
    stub.script("get", script);

    const hanging = client.get(path, { timeoutMs: 700 });
    await eventually(() => expect(stub.count("get")).toBe(1));
    clock.expire(700);

    await expect(hanging).rejects.toThrow(`GET ${path}: nothing arrived within 0.7 s`);
    await expect(hanging).rejects.toMatchObject({ reason: "timeout" });
    expect(await client.get(path)).toMatchObject({ status: 404 });
  });

  it("is bounded in time also while it waits for credentials", async () => {
    const client = apiClient({ read: () => new Promise(() => {}) }, fastClock());

    await expect(client.get(path, { timeoutMs: 100 })).rejects.toMatchObject({ reason: "timeout" });
  });

  it("is bounded in size: at the limit, and one byte more", async () => {
    const stub = await apiServerStub();
    const client = clientOf(stub);
    stub.script("get", text(200, "12345"), text(200, "123456"));

    expect(await client.get(path, { maxBytes: 5 })).toMatchObject({ body: "12345" });
    await expect(client.get(path, { maxBytes: 5 })).rejects.toMatchObject({ reason: "too-large" });
  });

  it("ends when its signal fires, before it began or later", async () => {
    const stub = await apiServerStub();
    const client = clientOf(stub);
    stub.script("get", hangs);
    const stopping = new AbortController();

    await expect(client.get(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ reason: "stopped" });
    expect(stub.requests.length).toBe(0);
    const running = client.get(path, { signal: stopping.signal });
    await eventually(() => expect(stub.requests.length).toBe(1));
    stopping.abort();
    await expect(running).rejects.toMatchObject({ reason: "stopped" });
  });

  it("names the refused connection", async () => {
    const stub = await apiServerStub();
    const client = clientOf(stub);
    await stub.pause();

    await expect(client.get(path)).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe("a stream", () => {
  it("that is reset on a kept connection fails, and is not asked for again behind its reader's back", async () => {
    const stub = await apiServerStub();
    const client = clientOf(stub);
    await client.get(path);
    const read = client.stream("/api/v1/namespaces?watch=true", { idleTimeoutMs: 1_000, onLine: () => {} });
    await eventually(() => expect(stub.openWatches).toBe(1));
    expect(stub.openConnections).toBe(1);

    const outcome = read.catch((error: unknown) => error);
    stub.eachWatch(({ socket }) => socket?.resetAndDestroy());
    expect(await outcome).toMatchObject({ reason: "connection" });
    await client.get(path);
    expect(stub.count("watch")).toBe(1);
  });

  it("passes an exception of its reader on, and closes the connection", async () => {
    const stub = await apiServerStub();
    const client = clientOf(stub);
    const bad = new Error("bad line");
    const read = client.stream("/api/v1/namespaces?watch=true", {
      idleTimeoutMs: 1_000,
      onLine: () => {
        throw bad;
      },
    });
    await eventually(() => expect(stub.openWatches).toBe(1));
    stub.put("shop", {});

    await expect(read).rejects.toBe(bad);
    await eventually(() => expect(stub.openWatches).toBe(0));
  });

  it("hands over lines however they are cut into chunks, without empty ones", async () => {
    const stub = await apiServerStub();
    const lines: string[] = [];
    stub.script("watch", (response) => {
      response.writeHead(200);
      const chunks = ["on", "e\ntwo\n\n", "\nth", "r", "ee\n"];
      const next = () => {
        const chunk = chunks.shift();
        if (chunk === undefined) response.end();
        else response.write(chunk, () => setTimeout(next, 2));
      };
      next();
    });

    await clientOf(stub).stream("/api/v1/namespaces?watch=true", {
      idleTimeoutMs: 1_000,
      onLine: (l) => lines.push(l),
    });

    expect(lines).toEqual(["one", "two", "three"]);
  });
});

function clientOf(stub: ApiServerStub, token = () => "t", clock = patientClock()): ApiClient {
  const server = new URL(stub.url);
  const client = apiClient(
    { read: () => Promise.resolve({ server, headers: { authorization: token() }, tls: {} }) },
    clock,
  );
  onTestFinished(() => client.close());
  return client;
}

async function connected(options: ConnectOptions): Promise<ApiClient> {
  const client = await connect(options);
  onTestFinished(() => client.close());
  return client;
}

interface SecureServer {
  readonly url: string;
  readonly port: number;
  /** Serves another certificate from now on, and closes the connections made with the old one. */
  use(identity: { readonly cert: string; readonly key: string }): void;
  connections(): number;
  lastPath(): string;
}

/** Answers with the Authorization header, or the subject of the client's certificate. */
async function secureServer(
  identity: { readonly ca: string; readonly cert: string; readonly key: string },
  host = "127.0.0.1",
): Promise<SecureServer> {
  let connections = 0;
  let lastPath = "";
  const options = {
    cert: identity.cert,
    key: identity.key,
    ca: identity.ca,
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = createServer(options, (request, response) => {
    lastPath = request.url ?? "";
    const socket = request.socket;
    const peer =
      "getPeerX509Certificate" in socket && typeof socket.getPeerX509Certificate === "function"
        ? socket.getPeerX509Certificate()
        : undefined;
    response.end(request.headers.authorization ?? peer?.subject);
  });
  server.on("secureConnection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    use(next) {
      server.setSecureContext({ cert: next.cert, key: next.key });
      server.closeAllConnections();
    },
    connections: () => connections,
    lastPath: () => lastPath,
  };
}

function at(host: string, port: number | string): Record<string, string> {
  return { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: String(port) };
}

function serviceAccount(token: string, ca: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "token"), token);
  writeFileSync(join(folder, "ca.crt"), ca);
  return folder;
}

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
}

function kubeconfig(parts: Parts): string {
  const folder = join(temporaryFolder(), "kube");
  mkdirSync(folder);
  writeFileSync(join(folder, "token.txt"), "from-token-file\n");
  writeFileSync(join(folder, "config"), document(parts));
  return join(folder, "config");
}

function document({ cluster = { server: "https://10.0.0.1" }, user = {} }: Parts, rest: object = {}): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "main", cluster }],
    users: [{ name: "me", user }],
    contexts: [{ name: "main", context: { cluster: "main", user: "me" } }],
    "current-context": "main",
    ...rest,
  });
}

/** Plain HTTP, which client-node allows only where certificates are not checked anyway. */
function plain(stub: ApiServerStub): object {
  return { server: stub.url, "insecure-skip-tls-verify": true };
}

/** Logs in with what a command prints, wrapped as an ExecCredential. */
function execUser(shell: "printf" | "sh", what: string): object {
  const print = shell === "printf" ? `printf %s '${what}'` : what;
  const script = `printf '{"status":{"token":"%s"}}' "$(${print})"`;
  return { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "sh", args: ["-c", script] } };
}

function base64(value: string): string {
  return Buffer.from(value).toString("base64");
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dualstack-client-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
