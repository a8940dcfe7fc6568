import { nlb } from "../annotations/catalog.ts";
import { parseMap } from "../annotations/parse.ts";
import { annotationField } from "../text/quoting.ts";
import type { BoundedSetting, InForceValue } from "./bounded-setting.ts";
import type { ServiceContext, ServiceState } from "./rule.ts";

/** [] where the policy bounds nothing. */
export function serviceSettings(state: ServiceState, context: ServiceContext): readonly BoundedSetting[] {
  const { controller, inForce } = state;
  const bounds = context.policy.policy?.spec.service;
  if (bounds === undefined) return [];
  const { scheme: byScheme, ipAddressType, targetType, proxyProtocol } = bounds;
  const bounded = [bounds.loadBalancerClass, byScheme, ipAddressType, targetType, proxyProtocol];
  if (bounded.every((setting) => setting?.allowed === undefined)) return [];
  const loadBalancerClass = { allowed: bounds.loadBalancerClass?.allowed, ...classInForce(state, context) };
  if (controller.name === "other" || controller.name === "nobody") return [loadBalancerClass];

  const { annotations } = state.service;
  const inTree = controller.name === "cloud-controller-manager";
  const scheme = schemeKey(state);
  const ports = inForce.proxyProtocolPorts;
  return [
    loadBalancerClass,
    {
      allowed: bounds.scheme?.allowed,
      value: valueOr(scheme in annotations ? "invalid" : "unknown", inForce.scheme),
      field: annotationField(scheme),
      remedy: inTree ? inTreeSchemeRemedy : undefined,
    },
    {
      allowed: bounds.ipAddressType?.allowed,
      value: valueOr("invalid", inForce.ipAddressType),
      field: annotationField(nlb.ipAddressType),
      remedy: inTree ? inTreeRemedy : undefined,
    },
    {
      allowed: bounds.targetType?.allowed,
      value: valueOr("invalid", inForce.targetType),
      field: annotationField(annotations[nlb.type] === "nlb-ip" ? nlb.type : nlb.targetType),
      remedy: inTree ? inTreeRemedy : undefined,
    },
    {
      allowed: bounds.proxyProtocol?.allowed,
      value: valueOr("invalid", ports && (ports.length > 0 ? "On" : "Off")),
      field: annotationField(proxyProtocolKey(state)),
    },
  ];
}

const inTreeRemedy = "The in-tree controller builds nothing else: create the Service with a load balancer class.";
const inTreeSchemeRemedy =
  'The in-tree controller reads this alone: "true" is internal, and without it the scheme is internet-facing.';

function valueOr(otherwise: "unknown" | "invalid", value: string | undefined): InForceValue {
  return value === undefined ? otherwise : { is: value };
}

/** A Service that the type annotation hands to the AWS controller counts as one of its class. "" is none. */
function classInForce(
  { service, controller }: ServiceState,
  { facts }: ServiceContext,
): Pick<BoundedSetting, "value" | "field"> {
  const byType = controller.chosenBy === "type-annotation" && controller.name !== "cloud-controller-manager";
  if (byType) return { value: { is: facts.profile.loadBalancerClass }, field: annotationField(nlb.type) };
  return { value: { is: service.loadBalancerClass ?? "" }, field: "spec.loadBalancerClass" };
}

function schemeKey({ service: { annotations }, controller }: ServiceState): string {
  if (controller.name === "cloud-controller-manager") return nlb.internal;
  const readsInternal = controller.name === "aws-load-balancer-controller" && !(nlb.scheme in annotations);
  return readsInternal && nlb.internal in annotations ? nlb.internal : nlb.scheme;
}

/** The annotation that decides, else the one that would. An in-tree NLB and Auto Mode read the target group's attribute only. */
function proxyProtocolKey({ service: { annotations, ports }, controller }: ServiceState): string {
  const perPort = ports.map(({ port }) => `${nlb.targetGroupAttributes}.${port}`);
  const attributes = [...perPort, nlb.targetGroupAttributes].find(
    (key) => parseMap(annotations[key] ?? "")?.has("proxy_protocol_v2.enabled") === true,
  );
  if (controller.name === "cloud-controller-manager" && annotations[nlb.type] !== "nlb") return nlb.proxyProtocol;
  if (controller.name !== "aws-load-balancer-controller") return attributes ?? nlb.targetGroupAttributes;
  const keys = [nlb.proxyProtocol, nlb.proxyProtocolPerTargetGroup];
  return keys.find((key) => key in annotations) ?? attributes ?? nlb.proxyProtocol;
}
