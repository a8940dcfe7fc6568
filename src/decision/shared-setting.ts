import { alb } from "../annotations/catalog.ts";
import { isSameLoadBalancer } from "./cluster/group-changes.ts";
import type { GroupState, OtherMembers } from "./cluster/group-state.ts";

/** A setting of the load balancer itself: what one member of a group states is in force for all (mblb:138-201). */
export interface SharedSetting {
  readonly target: string;
  readonly because: string;
  /** As members state it. */
  readonly name: "scheme" | "ip-address-type";
  /** As IngressClassParams and the group's values have it. */
  readonly field: "scheme" | "ipAddressType";
}

export const sharedScheme: SharedSetting = {
  target: alb.scheme,
  because: "ingress.scheme",
  name: "scheme",
  field: "scheme",
};

export const sharedAddressType: SharedSetting = {
  target: alb.ipAddressType,
  because: "ingress.ipAddressType",
  name: "ip-address-type",
  field: "ipAddressType",
};

/** What the other members have before a request that puts the Ingress, which was in the group `before`, among them. */
export function valueOfOthers(
  { field }: SharedSetting,
  group: GroupState,
  others: OtherMembers,
  before: GroupState | undefined,
): string | undefined {
  const isSame = before !== undefined && isSameLoadBalancer(before, group);
  return (isSame ? before : others).values()[field];
}
