import { readFile } from "node:fs/promises";
import type { Agent } from "node:http";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { ApiFailure, describeError } from "./api-failure.ts";

/** Where the API server is, whom we trust there, and who we are. */
export interface Access {
  readonly server: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsAccess;
  /** A way through a proxy. undefined: connect directly. */
  readonly proxy?: Agent | undefined;
}

interface TlsAccess {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly servername?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

export interface Credentials {
  /** `refused`: what the last read gave was answered with 401, so nothing remembered may be used. */
  read(options: { readonly refused: boolean }): Promise<Access>;
}

export interface InClusterOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The folder with `token` and `ca.crt`. */
  readonly folder?: string;
}

/** Where Kubernetes mounts `token`, `ca.crt` and `namespace`. */
export const serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The credentials of the Pod's service account. Token and CA are read for every request: the kubelet replaces the files
 * (the token each hour or so), requests are rare (a watch each two minutes), and a read costs less than a check for change.
 */
export function inClusterCredentials(options: InClusterOptions = {}): Credentials {
  const server = serverFromEnvironment(options.environment ?? process.env);
  const folder = options.folder ?? serviceAccountFolder;
  return {
    async read() {
      const [token, ca] = await Promise.all([readSecret(join(folder, "token")), readSecret(join(folder, "ca.crt"))]);
      return { server, headers: { authorization: `Bearer ${token}` }, tls: { ca } };
    },
  };
}

function serverFromEnvironment(environment: Readonly<Record<string, string | undefined>>): URL {
  const host = environment["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = environment["KUBERNETES_SERVICE_PORT"] ?? "";
  if (host === "" || port === "") {
    throw new ApiFailure(
      "credentials",
      `${host === "" ? "KUBERNETES_SERVICE_HOST" : "KUBERNETES_SERVICE_PORT"} is not set, so this is not a Pod of a cluster. Give a kubeconfig file to reach a cluster from outside.`,
    );
  }
  const url = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(url)) {
    throw new ApiFailure(
      "credentials",
      `KUBERNETES_SERVICE_HOST "${host}" and KUBERNETES_SERVICE_PORT "${port}" make no address. Expected are a name or IP address and a port number.`,
    );
  }
  return new URL(url);
}

async function readSecret(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ApiFailure(
      "credentials",
      `${file} cannot be read (${describeError(cause)}). The Pod needs its service account mounted: look for automountServiceAccountToken: false.`,
      { cause },
    );
  });
  if (text.trim() === "")
    throw new ApiFailure(
      "credentials",
      `${file} is empty. The kubelet should have written the service account into it.`,
    );
  return text.trim();
}
