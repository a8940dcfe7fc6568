import { defineRule } from "../../src/decision/rule.ts";
import type { Basis, Rule, ServiceContext, Severity } from "../../src/decision/rule.ts";
import type { ConformanceCase, ServiceCase } from "./cases.ts";
import { readCases } from "./cases.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A case in the format of the files: shop/web, of the controller's class with one TCP port, and accepted unless `verdict` differs. */
export interface Parts {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly metadata?: Fields;
  readonly spec?: Fields;
  readonly world?: Fields;
  readonly verdict?: Fields;
}

export const plainWorld: Fields = {
  subnetsIPv6: true,
  existingScheme: null,
  defaultScheme: "internal",
  defaultTargetType: "instance",
  enableTCPUDPListener: false,
};

export function forgedLine({ annotations = {}, metadata, spec, world, verdict }: Parts): string {
  return JSON.stringify({
    id: "forged",
    topic: "forged",
    case: {
      kind: "service",
      world: { ...plainWorld, ...world },
      service: {
        metadata: { name: "web", namespace: "shop", annotations, ...metadata },
        spec: {
          type: "LoadBalancer",
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4"],
          ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: 8080, nodePort: 30080 }],
          ...spec,
        },
      },
    },
    verdict: {
      owned: true,
      error: null,
      loadBalancer: { scheme: "internal", ipAddressType: "ipv4" },
      targetGroups: [{ service: "shop/web", port: 80, targetType: "instance", proxyProtocolV2: false }],
      listeners: [{ port: 80, protocol: "TCP" }],
      webhook: { targetGroupBindingError: null },
      ...verdict,
    },
  });
}

export function forgedCase(parts: Parts): ServiceCase {
  const [only] = readCases("forged.ndjson", forgedLine(parts));
  return serviceCase(only);
}

/** The verdict of what the controller rejects. */
export function rejected(error: string): Fields {
  return { error, loadBalancer: null, targetGroups: [], listeners: [] };
}

interface RuleParts {
  readonly id?: string;
  readonly field?: string;
  readonly severity?: Severity;
  readonly basis?: Basis;
  readonly source?: string;
  /** Left out: on every Service. */
  readonly reports?: (context: ServiceContext) => boolean;
}

/** A rule that reports one field, so that tests of the judge do not depend on the rules that there are. */
export function forgedRule(parts: RuleParts): Rule {
  const { id = "forged", field = "spec.type", severity = "deny", basis = "controller", source = "x" } = parts;
  return defineRule({
    id,
    kinds: ["Service"],
    severity,
    basis,
    summary: "",
    remediation: "",
    source,
    service: (context) => (parts.reports?.(context) === false ? [] : [{ field, message: "no" }]),
  });
}

function serviceCase(given: ConformanceCase | undefined): ServiceCase {
  if (given?.kind !== "service") throw new Error("the forged case is no Service");
  return given;
}
