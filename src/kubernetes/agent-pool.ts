import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import type { Access } from "./credentials.ts";

/** Room for each watch and some live reads; what is more waits in line, so a burst cannot open a thousand connections. */
const maxSockets = 32;

interface AgentPool {
  agentFor(access: Access): Agent;
  close(): void;
}

/** One keep-alive agent, replaced when the CA or the client certificate has changed. */
export function agentPool(): AgentPool {
  let current: { readonly madeFrom: string; readonly agent: Agent } | undefined;

  return {
    agentFor({ server, tls, proxy }) {
      if (proxy !== undefined) return proxy;
      const madeFrom = JSON.stringify([server.protocol, tls]);
      if (current?.madeFrom === madeFrom) return current.agent;
      if (current !== undefined) retire(current.agent);
      const options = { keepAlive: true, maxSockets };
      const agent = server.protocol === "http:" ? new Agent(options) : new TlsAgent({ ...options, ...given(tls) });
      current = { madeFrom, agent };
      return agent;
    },
    close() {
      current?.agent.destroy();
      current = undefined;
    },
  };
}

/** A watch in progress goes on; its connection is not kept afterwards. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
}

/** Without keys whose value is undefined, which node:tls does not take for absent. */
function given(tls: Access["tls"]): { [K in keyof Access["tls"]]?: Exclude<Access["tls"][K], undefined> } {
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
}
