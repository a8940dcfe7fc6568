import { ApiFailure, statusFailure } from "../../kubernetes/api-failure.ts";
import type { ApiClient } from "../../kubernetes/client.ts";
import { parseObject } from "../../kubernetes/list.ts";
import type { Raw } from "../../kubernetes/list.ts";
import { dataFor } from "./content.ts";
import type { NewContent } from "./content.ts";

/** The Secret that holds everything. It has to exist: nothing here creates one. */
export interface SecretStore {
  /** NAMESPACE/NAME, for messages. */
  readonly name: string;
  read(signal: AbortSignal): Promise<Raw>;
  /** Gives what is stored then. "conflict": somebody else has written since it was read, and nothing was changed. */
  write(stored: Raw, content: NewContent, signal: AbortSignal): Promise<Raw | "conflict">;
}

/** As deploy/ has it: the right to it is for this name. */
const secretName = "dualstack-webhook-ca";

export function secretStore(client: ApiClient, namespace: string): SecretStore {
  const name = `${namespace}/${secretName}`;
  const path = `/api/v1/namespaces/${namespace}/secrets/${secretName}`;
  return {
    name,
    async read(signal) {
      const { status, body } = await client.get(path, { signal });
      if (status === 404) {
        const remedy = "apply the installation again, which has it empty. What is served stays in use.";
        throw new ApiFailure("not-found", `${name} does not exist: ${remedy}`);
      }
      if (status !== 200) throw statusFailure(status, `GET ${path}`, sayable(status, body));
      return parseObject(body, `GET ${path}`);
    },
    async write(stored, content, signal) {
      // The resourceVersion that was read goes along: of two that write, one is refused.
      const text = JSON.stringify({ ...stored, data: dataFor(content) });
      const { status, body } = await client.write("PUT", path, { body: text, signal });
      if (status === 409) return "conflict";
      if (status !== 200) throw statusFailure(status, `PUT ${path}`, sayable(status, body));
      return parseObject(body, `PUT ${path}`);
    },
  };
}

/** What is said of a refused value may repeat it, and this one is a key. */
function sayable(status: number, body: string): string {
  return status === 422 || status === 400 ? "" : body;
}
