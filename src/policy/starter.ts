import { LoadBalancerPolicy, policyApiVersion, policyKind } from "./schema.ts";

/**
 * What applies where no policy is given: dual-stack with pod targets by the AWS Load Balancer Controller.
 * It sets no scheme: the controller's own default is internal, and nobody becomes public by installing us.
 */
export const starterPolicies: readonly LoadBalancerPolicy[] = [
  LoadBalancerPolicy.parse({
    apiVersion: policyApiVersion,
    kind: policyKind,
    metadata: { name: "dualstack" },
    spec: {
      description: "Dual-stack with pod targets, in every namespace; the scheme is left to the controller",
      namespaceSelector: {},
      selectable: true,
      service: {
        loadBalancerClass: { default: "service.k8s.aws/nlb" },
        ipAddressType: { default: "dualstack" },
        targetType: { default: "ip" },
      },
      ingress: { ipAddressType: { default: "dualstack" }, targetType: { default: "ip" } },
    },
  }),
];
