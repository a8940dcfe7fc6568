import { decide, denials } from "../decision/decide.ts";
import type { Decision } from "../decision/decide.ts";
import type { Facts } from "../decision/facts.ts";
import { loadBalancerClassTarget } from "../decision/injection.ts";
import { findingWarnings, injectionWarnings } from "../decision/messages.ts";
import { wouldInject } from "../decision/shadow.ts";
import { serviceView } from "../decision/subject.ts";
import type { Phase } from "../decision/subject.ts";
import { resolvePolicy } from "../policy/resolve.ts";
import type { PolicySet } from "../policy/resolve.ts";
import { canaryAnswer, noAnswer } from "./canary-answer.ts";
import type { Admitted, CanaryAnswer, Unanswered } from "./canary-answer.ts";
import { knownBad, knownGood } from "./canary-services.ts";
import type { CanaryService } from "./canary-services.ts";
import type { ApiClient } from "./client.ts";

/** What a run has shown. A closed set, since it is a metric's label. */
export type CanaryResult =
  /** The bad Service was refused by us, a good one was admitted, with what the policy injects. */
  | "proved"
  /** The policy only warns: the bad Service was admitted with our warning. */
  | "shadow"
  /** The policy lets everything pass in silence: nobody can tell from outside whether we were asked. */
  | "not-judged"
  /** The bad Service passed without a word. */
  | "not-called"
  /** The good Service did not get what the policy injects. */
  | "not-mutated"
  /** Another decision than this replica makes. */
  | "differs"
  | Unanswered["kind"];

export interface CanaryOutcome {
  readonly result: CanaryResult;
  /** Nothing is wrong. */
  readonly ok: boolean;
  /** What was seen and, where something is wrong, what to do: a sentence or two. */
  readonly message: string;
}

export interface ProbeOptions {
  readonly client: Pick<ApiClient, "write">;
  readonly namespace: string;
  readonly id: string;
  readonly policies: PolicySet;
  /** As this replica sees the canary's namespace now. undefined: it knows of no such namespace. */
  readonly facts: Facts | undefined;
  readonly signal: AbortSignal;
}

/** The API server waits for our two entries 8 s at most, as deploy/base/70-webhooks.yaml has it. */
const requestMs = 10_000;

/** Sends a bad and a good Service as dry runs, and compares what becomes of them with what this replica decides. */
export async function probeWebhook(options: ProbeOptions): Promise<CanaryOutcome> {
  const { namespace, facts } = options;
  if (facts === undefined) return failed("namespace-missing", namespace, "this replica knows of no such namespace");
  const { policy } = resolvePolicy(options.policies, facts.namespaceLabels);
  const making = { namespace, id: options.id, profile: facts.profile, policy };

  const bad = knownBad(making);
  const judged = whatBadGets(await send(bad, options), decision(bad, "validating", options.policies, facts), namespace);
  if (!judged.ok) return judged;

  let isExpected = false;
  for (const good of knownGood(making)) {
    const answer = await send(good, options);
    if (answer.kind === "admitted") {
      const planned = decision(good, "mutating", options.policies, facts);
      if (!showsMutation(answer, planned)) return notMutated(namespace);
      return withGood(judged, ofMutation(planned));
    }
    if (answer.kind !== "denied") return failed(answer.kind, namespace, answer.words);
    if (answer.rules.includes("policy-not-applied")) return notMutated(namespace);
    // Right under this policy, perhaps: the next one leaves less open, and into the last one nothing is injected.
    isExpected = denials(decision(good, "validating", options.policies, facts)).length > 0;
  }
  return isExpected
    ? withGood(judged, "The policy in force there refuses every good one, too, so that admission is not proved.")
    : differs("Good Services were refused", "admits them");
}

function withGood(judged: CanaryOutcome, message: string): CanaryOutcome {
  return { ...judged, message: `${judged.message} ${message}` };
}

async function send(service: CanaryService, { client, namespace, signal }: ProbeOptions): Promise<CanaryAnswer> {
  const path = `/api/v1/namespaces/${namespace}/services?dryRun=All`;
  try {
    return canaryAnswer(
      await client.write("POST", path, { body: JSON.stringify(service), timeoutMs: requestMs, signal }),
    );
  } catch (error) {
    return noAnswer(error);
  }
}

function decision(service: CanaryService, phase: Phase, policies: PolicySet, facts: Facts): Decision {
  const { namespace, name } = service.metadata;
  const object = serviceView(service);
  return decide(
    { kind: "Service", operation: "CREATE", phase, namespace, name, object, old: undefined },
    policies,
    facts,
  );
}

function whatBadGets(answer: CanaryAnswer, expected: Decision, namespace: string): CanaryOutcome {
  const refuses = denials(expected).length > 0;
  if (answer.kind === "denied") {
    return refuses
      ? { result: "proved", ok: true, message: provedMessage }
      : differs("A bad Service was refused", "admits it");
  }
  if (answer.kind !== "admitted") return failed(answer.kind, namespace, answer.words);
  const warned = expected.findings.some(({ rule }) => answer.warnings.some((text) => text.includes(`${rule}: `)));
  if (refuses)
    return warned ? differs("A bad Service was admitted with a warning", "refuses it") : notCalled(namespace);
  if (warned) return { result: "shadow", ok: true, message: shadowMessage };
  const isReached = expected.untouched !== "out-of-scope" && findingWarnings(expected).length === 0;
  return isReached ? { result: "not-judged", ok: true, message: notJudgedMessage } : notCalled(namespace);
}

const provedMessage = "The API server calls this webhook: a bad Service was refused by it.";
const shadowMessage = "The API server calls this webhook, in shadow mode: a bad Service was admitted with its warning.";
const notJudgedMessage =
  "No call fails, but whether any is made cannot be told: the policy in force in the canary's namespace judges nothing.";

function ofMutation(planned: Decision): string {
  if (planned.injections.length > 0) return "A good one was admitted and got what its policy injects.";
  return wouldInject(planned).length > 0
    ? "With a good one came what its policy would inject."
    : "A good one was admitted; nothing is injected there, so the mutating call is not proved.";
}

/** Whether what should be injected has been, by us or by somebody before us; in shadow mode, whether we said so. */
function showsMutation({ object, warnings }: Admitted, planned: Decision): boolean {
  if (wouldInject(planned).length > 0) return injectionWarnings(planned).some((warning) => warnings.includes(warning));
  if (planned.injections.length === 0) return true;
  const { annotations, loadBalancerClass } = serviceView(object);
  return planned.injections.every(({ target }) =>
    target === loadBalancerClassTarget ? loadBalancerClass !== undefined : target in annotations,
  );
}

function differs(seen: string, own: string): CanaryOutcome {
  return {
    result: "differs",
    ok: false,
    message: `${seen}, and this replica ${own}: replicas of two versions or policies answer. If that lasts, restart the Deployment.`,
  };
}

function notCalled(namespace: string): CanaryOutcome {
  return {
    result: "not-called",
    ok: false,
    message: `A bad Service was admitted without a word: the API server does not call the validating webhook. Apply deploy/ again: the webhook configurations are missing or changed, or namespace ${namespace} has lost its label dualstack.dev/inject: enabled.`,
  };
}

function notMutated(namespace: string): CanaryOutcome {
  return {
    result: "not-mutated",
    ok: false,
    message: `A good Service did not get what the policy of namespace ${namespace} injects: the mutating webhook was not called, or its call failed. Look at the MutatingWebhookConfiguration dualstack-webhook and its caBundle.`,
  };
}

function failed(kind: Unanswered["kind"], namespace: string, words: string): CanaryOutcome {
  return { result: kind, ok: false, message: `${headline(kind, namespace, words)} (${words})` };
}

function headline(kind: Unanswered["kind"], namespace: string, words: string): string {
  switch (kind) {
    case "call-failed":
      return `The API server's call of the webhook failed. ${remedyFor(words)}`;
    case "refused-by-another":
      return "Somebody else than this webhook refused a Service of the canary, so nothing is proved: exempt its dry runs there.";
    case "forbidden":
      return `The service account may not create Services in namespace ${namespace}, which the canary does as a dry run: apply its Role and RoleBinding from deploy/ again.`;
    case "namespace-missing":
      return `Namespace ${namespace} of the canary is missing or being deleted: apply deploy/ again, or leave out --canary-namespace.`;
    case "unreachable":
      return "The API server gave no answer that says anything of the webhook: it is tried again.";
  }
}

/** By what the API server says of its own connection to us. */
function remedyFor(words: string): string {
  if (/x509|tls: /.test(words)) {
    return "It does not trust the serving certificate: the caBundle of the webhook configurations must be that of the CA which signed it, and the certificate must name the Service.";
  }
  if (/no endpoints|connection refused|not found|no such host/.test(words)) {
    return "It reaches no replica: look at the Pods and the EndpointSlices of the Service dualstack-webhook.";
  }
  if (/deadline exceeded|i\/o timeout|handshake timeout|Client\.Timeout|no route|not allowed|unreachable/.test(words)) {
    return "It does not reach the Pods in time: allow its way to them, port 8443, in security groups and NetworkPolicies.";
  }
  return "The words of the API server say why:";
}
