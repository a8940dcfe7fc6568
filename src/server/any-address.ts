import { networkInterfaces } from "node:os";
import type { Address } from "../settings/values.ts";

/**
 * `[::]` means every address of both families; on a node that has IPv6 switched off it cannot be bound, and 0.0.0.0 is all
 * there is. For `localhost` Fastify would open a server for each family, and the second would get no new certificate.
 */
export function bindable(address: Address, hasIPv6: boolean = machineHasIPv6()): Address {
  if (address.host === "localhost") return { ...address, host: "127.0.0.1" };
  return address.host === "::" && !hasIPv6 ? { ...address, host: "0.0.0.0" } : address;
}

function machineHasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === "IPv6"));
}
