import { customerOwnedIpv4PoolEmpty } from "../../src/rules/customer-owned-ipv4-pool-empty.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass } from "./backend-services.ts";

const pool = (value: string): { readonly annotations: Readonly<Record<string, string>> } => ({
  annotations: { "alb.ingress.kubernetes.io/customer-owned-ipv4-pool": value },
});
const fields = ["metadata.annotations[alb.ingress.kubernetes.io/customer-owned-ipv4-pool]"] as const;

testRule(customerOwnedIpv4PoolEmpty, {
  allow: [
    { name: "no pool", ingress: {} },
    { name: "another list that is empty", ingress: { annotations: { "alb.ingress.kubernetes.io/subnets": "" } } },
    { name: "a pool", ingress: pool("ipv4pool-coip-1") },
    { name: "a blank, which AWS is asked about", ingress: pool(" ") },
    { name: "another controller's Ingress", ingress: { ...pool(""), spec: { ingressClassName: "nginx" } } },
  ],
  deny: [{ name: "an empty pool", ingress: pool(""), fields }],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      ingress: { ...pool(""), spec: { ingressClassName: "auto" } },
      cluster: [autoModeClass],
      fields,
    },
  ],
});
