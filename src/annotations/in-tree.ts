import { parseList } from "./parse.ts";

/**
 * The in-tree controller's own grammar of `key=value` between commas: nothing is escaped, a key may stand alone, and what
 * follows a second `=` is dropped (getKeyValuePropertiesFromAnnotation in pkg/providers/v1/aws_loadbalancer.go).
 */
export function parseInTreeMap(raw: string): ReadonlyMap<string, string> {
  return new Map(
    parseList(raw).flatMap((item) => {
      const [key = "", value = ""] = item.split("=");
      return key === "" ? [] : [[key, value] as const];
    }),
  );
}

/** Exactly `nlb` asks the in-tree controller for an NLB, all else for a Classic Load Balancer (aws_loadbalancer.go:84-89). */
export function isInTreeNlb(type: string | undefined): boolean {
  return type === "nlb";
}
