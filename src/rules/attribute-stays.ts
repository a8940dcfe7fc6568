import { nlb } from "../annotations/catalog.ts";
import { parseBool, parseMap } from "../annotations/parse.ts";
import { annotationField, buildsNlb, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceState } from "../decision/rule.ts";

export const attributeStays = defineRule({
  id: "attribute-stays",
  kinds: ["Service"],
  severity: "warn",
  basis: "update-hazard",
  summary: "An attribute of a load balancer that exists is set to its default, not left out, when it is to go.",
  remediation: "Write the value that it should have instead of leaving it out.",
  source: "AWS Load Balancer Controller 3.5, docs/guide/service/annotations.md:355",
  updatesOnly: true,
  onlyWith: [
    nlb.attributes,
    nlb.targetGroupAttributes,
    `${nlb.targetGroupAttributes}.`,
    nlb.accessLogEnabled,
    nlb.crossZoneLoadBalancingEnabled,
  ],
  service(context) {
    const { controller, inForce, old } = context;
    if (old?.provisioned !== true || old.controller.name !== controller.name || !buildsNlb(controller)) return [];
    // What is replaced begins with the defaults.
    const isNewBalancer = old.inForce.scheme !== inForce.scheme;
    const areNewGroups = old.inForce.targetType !== inForce.targetType;
    return [
      ...(isNewBalancer ? [] : lost(loadBalancerAttributes(old), loadBalancerAttributes(context), "the load balancer")),
      ...(areNewGroups ? [] : lostOfGroups(old, context)),
    ];
  },
});

/** Attributes that the controller sends, each with the annotation that it stands in. undefined: it cannot read them. */
type Attributes = ReadonlyMap<string, string> | undefined;

const logs = "access_logs.s3.enabled";

function lost(before: Attributes, after: Attributes, owner: string): readonly Problem[] {
  if (before === undefined || after === undefined) return [];
  const gone = [...before].filter(([attribute]) => !after.has(attribute));
  const areLogsGone = gone.some(([attribute]) => attribute === logs);
  return gone
    .filter(([attribute]) => !areLogsGone || attribute === logs || !attribute.startsWith("access_logs."))
    .map(([attribute, key]) => {
      const field = annotationField(key);
      if (attribute === logs && key === nlb.accessLogEnabled) {
        const message =
          "the controller sends nothing for access logs that are not on, and the load balancer goes on writing them";
        return { field, message, remedy: `Write ${nlb.attributes}: "${logs}=false".` };
      }
      return { field, message: `${attribute} is left out now, and ${owner} keeps the value that it has` };
    });
}

/** An annotation of its own wins over the map; access logs are sent only where they are on (model_build_load_balancer.go:548-575). */
function loadBalancerAttributes({ service: { annotations }, controller }: ServiceState): Attributes {
  const map = parseMap(annotations[nlb.attributes] ?? "");
  if (map === undefined) return undefined;
  const sent = new Map([...map.keys()].map((attribute) => [attribute, nlb.attributes] as const));
  if (controller.name === "eks-auto-mode") return sent;
  const own = new Map<string, string>(sent);
  if (parseBool(annotations[nlb.accessLogEnabled] ?? "") === true) {
    own.set(logs, nlb.accessLogEnabled);
    if (nlb.accessLogS3BucketName in annotations) own.set("access_logs.s3.bucket", nlb.accessLogS3BucketName);
    if (nlb.accessLogS3BucketPrefix in annotations) own.set("access_logs.s3.prefix", nlb.accessLogS3BucketPrefix);
  }
  if (nlb.crossZoneLoadBalancingEnabled in annotations) {
    own.set("load_balancing.cross_zone.enabled", nlb.crossZoneLoadBalancingEnabled);
  }
  return own;
}

/** Once for each annotation that lost it, however many ports it is for. */
function lostOfGroups(old: ServiceState, state: ServiceState): readonly Problem[] {
  const found = state.service.ports
    .filter(({ port }) => old.service.ports.some((was) => was.port === port))
    .flatMap(({ port }) => lost(groupAttributes(old, port), groupAttributes(state, port), "the target group"));
  return [...new Map(found.map((problem) => [`${problem.field}\n${problem.message}`, problem])).values()];
}

/** Proxy protocol is always sent, so that leaving it out switches it off. */
function groupAttributes({ service: { annotations } }: ServiceState, port: number): Attributes {
  const ownKey = `${nlb.targetGroupAttributes}.${port}`;
  const maps = [nlb.targetGroupAttributes, ownKey].map((key) => [key, parseMap(annotations[key] ?? "")] as const);
  const sent = new Map<string, string>();
  for (const [key, map] of maps) {
    if (map === undefined) return undefined;
    for (const [attribute, value] of map) {
      // Nothing stated for a port leaves what is stated for all.
      if (key === ownKey && value === "") continue;
      sent.set(attribute, sent.get(attribute) ?? key);
    }
  }
  sent.delete("proxy_protocol_v2.enabled");
  return sent;
}
