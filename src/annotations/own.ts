/** Namespace label: the name of the policy that the namespace picks. */
export const policyLabel = "dualstack.dev/policy";

/** Namespace label (`enabled`, `disabled`): whether we look at its objects. Object annotation (`"false"`): no injection. */
export const injectKey = "dualstack.dev/inject";

/** Object annotation: rule ids whose hazard this update accepts, separated by commas. */
export const confirmAnnotation = "dualstack.dev/confirm";

/** Object annotation, written by us only: the policy and the keys that we injected. */
export const injectedAnnotation = "dualstack.dev/injected";
