import { nlb } from "../../src/annotations/catalog.ts";
import { serviceController } from "../../src/decision/controller.ts";
import { decide, denials } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import type { Facts } from "../../src/decision/facts.ts";
import { serviceInForce } from "../../src/decision/in-force.ts";
import type { ServiceInForce } from "../../src/decision/in-force.ts";
import { annotationField } from "../../src/decision/rule.ts";
import type { Finding, Rule } from "../../src/decision/rule.ts";
import type { ServiceSubject } from "../../src/decision/subject.ts";
import { policySet } from "../../src/policy/resolve.ts";
import { rules as allRules } from "../../src/rules/index.ts";
import type { ServiceCase } from "./cases.ts";
import {
  agree,
  compareOwner,
  comparePrecision,
  compareRefusal,
  disagree,
  namesOneOf,
  outcomeOf,
} from "./comparison.ts";
import type { Apart, Compared, Comparison } from "./comparison.ts";
import { readError } from "./controller-errors.ts";
import { factsOf } from "./world.ts";

export interface Judgement extends Compared {
  readonly kind: "Service";
  readonly given: ServiceCase;
  readonly ours: Ours;
}

/** Our side of the comparison. */
export interface Ours {
  readonly decision: Decision;
  readonly inForce: ServiceInForce;
}

/** Compares what the product decides of a Service with the controller's verdict. */
export function judge(given: ServiceCase, rules: readonly Rule[] = allRules): Judgement {
  const facts = factsOf(given.world);
  const decision = decide(subjectOf(given), policySet([]), facts, rules);
  const ours = { decision, inForce: inForceOf(given, facts) };
  const none = { kind: "Service", given, ours, refusedForAws: [], refusedLater: false } as const;
  const { verdict } = given;

  const outside = apartFrom(given);
  if (outside !== undefined) return { ...none, comparisons: [compareApart(outside, given, decision)] };
  const owner = compareOwner(verdict.owned, decision.controller === "aws-load-balancer-controller");
  if (verdict.errors.length > 0) return { ...none, comparisons: [compareRejected(given, decision), owner] };
  if (!verdict.owned) return { ...none, comparisons: [owner] };

  const { comparison, ...refused } = comparePrecision(denials(decision), rules, (finding) =>
    isStoppedLater(finding, given),
  );
  const outcome = verdict.unstableOutcome ? [] : [compareOutcome(given, ours.inForce)];
  return { ...none, ...refused, comparisons: [comparison, owner, ...outcome] };
}

/** As `/validate` sees it: created, except that the API server never sends the creation of what is being deleted. */
function subjectOf({ namespace, name, service }: ServiceCase): ServiceSubject {
  const request = service.terminating
    ? { operation: "UPDATE" as const, old: service }
    : { operation: "CREATE" as const, old: undefined };
  return { kind: "Service", phase: "validating", namespace, name, object: service, ...request };
}

function inForceOf({ service }: ServiceCase, { profile, existing }: Facts): ServiceInForce {
  return serviceInForce(service, serviceController(service, profile), profile, existing);
}

function apartFrom({ service, verdict }: ServiceCase): Apart | undefined {
  if (service.terminating) return "terminating";
  if (service.type !== "LoadBalancer") return "other-type";
  return verdict.errors.length > 0 && !verdict.owned ? "error-not-owned" : undefined;
}

function compareApart(of: Apart, { verdict }: ServiceCase, decision: Decision): Comparison {
  const refused = denials(decision);
  const rejected = verdict.errors.length > 0;
  if (refused.length > 0 && (of === "terminating" || !rejected)) {
    return disagree(of, `${refused.map(({ rule }) => rule).join(", ")} must not refuse it`);
  }
  const silent = decision.untouched === undefined && decision.findings.length === 0;
  return silent && rejected ? disagree(of, "the controller fails, and nobody is warned") : agree(of);
}

function compareRejected(given: ServiceCase, decision: Decision): Comparison {
  const readings = given.verdict.errors.map((text) => ({ text, reading: readError(text, given) }));
  const unknown = readings.find(({ reading }) => reading === undefined);
  if (unknown !== undefined) return disagree("recall", `unknown error text: ${unknown.text}`);
  return compareRefusal(
    readings.flatMap(({ reading }) => reading ?? []),
    denials(decision),
  );
}

function isStoppedLater({ field }: Finding, { verdict }: ServiceCase): boolean {
  return verdict.targetGroupBindingError !== undefined && namesOneOf(quicWithInstance, field);
}

/** The one fault that the TargetGroupBinding webhook finds in a new Service (targetgroupbinding_validator.go:328-329). */
const quicWithInstance = ["spec.ports", ...[nlb.quicEnabledPorts, nlb.targetType].map(annotationField)];

function compareOutcome({ service, namespace, name, verdict }: ServiceCase, inForce: ServiceInForce): Comparison {
  // Those of other Services, which actions name, have ports of their own.
  const groups = verdict.targetGroups.filter((group) => group.service === `${namespace}/${name}`);
  return outcomeOf([
    ["scheme", verdict.loadBalancer?.scheme, inForce.scheme],
    ["address type", verdict.loadBalancer?.ipAddressType, inForce.ipAddressType],
    ...groups.flatMap((group) => {
      const port = service.ports.find((own) => own.port === group.port || own.name === group.port)?.port;
      const isOn = port === undefined ? undefined : inForce.proxyProtocolPorts?.includes(port);
      return [
        [`target type of port ${group.port}`, group.targetType, inForce.targetType],
        [`proxy protocol of port ${group.port}`, group.proxyProtocolV2, isOn],
      ] as const;
    }),
  ]);
}
