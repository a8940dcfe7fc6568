import { nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { annotationField, buildsNlb, defineRule } from "../decision/rule.ts";
import type { ServiceContext } from "../decision/rule.ts";

export const addressesAreFixed = defineRule({
  id: "addresses-are-fixed",
  kinds: ["Service"],
  severity: "warn",
  basis: "update-hazard",
  summary: "The addresses of a load balancer that exists stay as they are.",
  remediation: "Keep the list; for other addresses, create a second Service, move DNS to it, then delete this one.",
  source: "AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/load_balancer_manager.go:169-204",
  updatesOnly: true,
  onlyWith: [nlb.eipAllocations, nlb.privateIpv4Addresses, nlb.ipv6Addresses],
  service(context) {
    const { service, controller, inForce, old } = context;
    if (old?.provisioned !== true || old.controller.name !== controller.name || !buildsNlb(controller)) return [];
    // A load balancer that is replaced, or gets other subnets, takes addresses from the list.
    if (old.inForce.scheme !== inForce.scheme || isChanged(nlb.subnets, old.service, service)) return [];
    return [nlb.eipAllocations, nlb.privateIpv4Addresses, nlb.ipv6Addresses]
      .filter((key) => isChanged(key, old.service, service) && !(key === nlb.ipv6Addresses && isFirstIpv6(context)))
      .map((key) => ({ field: annotationField(key), message }));
  },
});

const message = "the addresses of an NLB that exists cannot change: the controller silently keeps those that it has";

type Service = ServiceContext["service"];

function isChanged(key: string, before: Service, after: Service): boolean {
  const [was, is] = [before, after].map(({ annotations }) => parseList(annotations[key] ?? ""));
  return was?.join() !== is?.join();
}

/** The one change that it does carry out: the first IPv6 addresses, in the update that makes the load balancer dual-stack. */
function isFirstIpv6({ inForce, old }: ServiceContext): boolean {
  return old?.inForce.ipAddressType === "ipv4" && inForce.ipAddressType === "dualstack";
}
