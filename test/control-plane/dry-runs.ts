/** Calls at a steady rate, or as many as the machine can do, through a real API server: creations of LoadBalancer Services that are not stored. */
import { Agent, request } from "node:https";
import { service } from "./kubernetes.ts";
import type { ControlPlane } from "./start.ts";

export interface DryRuns {
  /** Sends no more, and waits for the answers. */
  stop(): Promise<Outcomes>;
}

export interface Outcomes {
  readonly perSecond: number;
  readonly sent: number;
  /** Answers with a Service that both webhooks have seen: with a class, which is injected and has to be. */
  readonly injected: number;
  /** What came instead, each a few times at most. */
  readonly failures: readonly string[];
}

interface Options {
  readonly namespace: string;
  readonly perSecond: number;
}

const mostFailures = 10;
/** A machine that cannot keep up is not to lose calls by being late: it sends fewer. */
const mostUnderWay = 40;

export function startDryRuns(plane: ControlPlane, { namespace, perSecond }: Options): DryRuns {
  const agent = new Agent({ keepAlive: true, ca: plane.caPem });
  const url = `${plane.url}/api/v1/namespaces/${namespace}/services?dryRun=All`;
  const failures: string[] = [];
  const underWay = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  let injected = 0;

  const call = async (name: string): Promise<void> => {
    const body = JSON.stringify(service(namespace, { metadata: { name } }));
    const answer = await post(url, plane.token, agent, body).catch((error: unknown) => String(error));
    if (answer.includes('"loadBalancerClass":"service.k8s.aws/nlb"')) injected += 1;
    else if (failures.length < mostFailures) failures.push(`${name}: ${answer}`);
  };
  const seconds = (): number => (performance.now() - began) / 1000;
  // By the clock: what a busy machine was late with is sent together, as callers do not wait for each other.
  const timer = setInterval(() => {
    const due = Math.min(Math.floor(seconds() * perSecond), sent + mostUnderWay - underWay.size);
    for (; sent < due; sent += 1) {
      const one = call(`web-${sent}`).finally(() => underWay.delete(one));
      underWay.add(one);
    }
  }, 10);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
      return { perSecond: sent / seconds(), sent, injected, failures };
    },
  };
}

function post(url: string, token: string, agent: Agent, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("error", reject).on("end", () => resolve(text));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
