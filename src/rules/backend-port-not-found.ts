import { asFarAsKnownOf, backendProblems, defineRule, findPort, quote } from "../decision/rule.ts";

export const backendPortNotFound = defineRule({
  id: "backend-port-not-found",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "Each Service to which an Ingress sends has the port that the Ingress names.",
  remediation: "Name a port of the Service, by its own name or number; if it was added a moment ago, try again.",
  source: "AWS Load Balancer Controller 3.5, pkg/k8s/service_utils.go:10-25",
  ingress(context) {
    return backendProblems(context, ({ target: { service: name, port }, service }) => {
      if (service === undefined || findPort(service, port) !== undefined) return undefined;
      const shown = typeof port === "number" ? port : quote(port);
      const message = `the Service ${quote(name)} has no port ${shown}, ${portsOf(service.ports)}`;
      return { message, identity: `no port ${shown} of ${name}`, ...asFarAsKnownOf(context) };
    });
  },
});

function portsOf(ports: readonly { readonly name: string; readonly port: number }[]): string {
  if (ports.length === 0) return "nor any other";
  const listed = ports
    .slice(0, mostListed)
    .map(({ name, port }) => (name === "" ? String(port) : `${quote(name)} (${port})`));
  return `only ${listed.join(", ")}${ports.length > mostListed ? " and more" : ""}`;
}

const mostListed = 5;
