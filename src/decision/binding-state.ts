import type { BindingView } from "./cluster/views.ts";
import type { Facts } from "./facts.ts";
import type { BindingState } from "./rule.ts";

/** A TargetGroupBinding with the Service that it refers to, in its own namespace. */
export function bindingState(binding: BindingView, { cluster }: Facts): BindingState {
  const service = cluster?.service(binding.namespace, binding.serviceName);
  return {
    binding,
    controller: bindingController(binding),
    service,
    isServiceMissing: service === undefined && cluster?.isComplete("Service") === true,
  };
}

/** The API group is the controller's own. */
export function bindingController({ api }: BindingView): BindingState["controller"] {
  return api === "eks.amazonaws.com" ? autoMode : awsController;
}

const autoMode = { name: "eks-auto-mode" } as const;
const awsController = { name: "aws-load-balancer-controller" } as const;
