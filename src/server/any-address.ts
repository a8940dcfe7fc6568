import { networkInterfaces } from "node:os";
import type { Address } from "../settings/values.ts";

/** `[::]` means every address of both families; on a node that has IPv6 switched off it cannot be bound, and 0.0.0.0 is all there is. */
export function bindable(address: Address, hasIPv6: boolean = machineHasIPv6()): Address {
  return address.host === "::" && !hasIPv6 ? { ...address, host: "0.0.0.0" } : address;
}

function machineHasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === "IPv6"));
}
