import type { Version } from "../decision/facts.ts";

/** How one value is written on the command line or in the environment. */
export interface ValueType<V> {
  /** Stands for the value in the help text: HOST:PORT. */
  readonly name: string;
  /** Completes "it must be …". */
  readonly allowed: string;
  /** undefined: not a legal value. */
  readonly parse: (text: string) => V | undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Port 0 asks the operating system for a free one. */
export const address: ValueType<Address> = {
  name: "HOST:PORT",
  allowed: 'a host and a port from 0 to 65535, such as 127.0.0.1:8443 or "[::1]:8443"',
  parse: parseAddress,
};

export const directory = path("DIR", "the path of a folder");
export const file = path("FILE", "the path of a file");
export const fileOrDirectory = path("FILE|DIR", "the path of a file or a folder");

export const trueOrFalse: ValueType<boolean> = {
  name: "true|false",
  allowed: "true or false",
  parse: (text) => (text === "true" ? true : text === "false" ? false : undefined),
};

/** Without a slash at the end. */
export const httpUrl: ValueType<string> = {
  name: "URL",
  allowed: "an http or https URL without user, query and fragment, such as http://otel-collector.monitoring:4318",
  parse(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== "http:" && url?.protocol !== "https:") return undefined;
    if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return undefined;
    return url.href.replace(/\/+$/, "");
  },
};

export function secondsUpTo(most: number): ValueType<number> {
  return wholeNumber("SECONDS", "a whole number of seconds", 0, most);
}

export function countUpTo(most: number): ValueType<number> {
  return wholeNumber("NUMBER", "a whole number", 1, most);
}

/** A patch level may follow; nothing depends on it. */
export const version: ValueType<Version> = {
  name: "VERSION",
  allowed: "a version such as 3.5 or v1.36.3",
  parse: (text) => {
    const match = /^v?(\d{1,4})\.(\d{1,4})(\.\d{1,4})?$/.exec(text);
    return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
  },
};

/** Names that we do not know are left to the controller, which has many more gates. */
export const gateSetting: ValueType<GateSetting> = {
  name: "GATE=true|false",
  allowed: "a feature gate and its value, such as NLBSecurityGroup=false",
  parse: (text) => {
    const match = /^([A-Za-z][A-Za-z0-9]*)=(true|false)$/.exec(text);
    return match === null ? undefined : { gate: match[1] ?? "", isOn: match[2] === "true" };
  },
};

export interface GateSetting {
  readonly gate: string;
  readonly isOn: boolean;
}

export const tagKey: ValueType<string> = {
  name: "KEY",
  allowed: "the key of an AWS tag",
  parse: (text) => (text === "" || text.length > 128 ? undefined : text),
};

const label = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";

/** RFC 1123 label, as the API server has it for namespaces. */
export const namespaceName = pattern("NAME", "a namespace's name: lower-case letters, digits and -", `${label}`);
/** RFC 1123 subdomain, as the API server has it for IngressClasses. */
export const className = pattern("NAME", "an IngressClass's name: lower-case letters, digits, - and .", subdomain());
/** Of the annotation kubernetes.io/ingress.class, which need not be the name of an IngressClass. */
export const classAnnotation: ValueType<string> = {
  name: "NAME",
  allowed: 'a class such as alb, or "" for none',
  parse: (text) => text,
};
export const dnsName = pattern("NAME", "a DNS name such as webhook.example.svc", subdomain());
/** What the API server takes for spec.loadBalancerClass: a label-style name with an optional prefix. */
export const loadBalancerClass = pattern(
  "NAME",
  "a load balancer class such as service.k8s.aws/nlb",
  `(${subdomain()}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`,
);

export function oneOf<const V extends string>(...values: readonly [V, V, ...V[]]): ValueType<V> {
  return {
    name: values.join("|"),
    allowed: `${values.slice(0, -1).join(", ")} or ${values[values.length - 1]}`,
    parse: (text) => values.find((value) => value === text),
  };
}

function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[(?<v6>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\]|(?<host>[A-Za-z0-9._-]+)):(?<port>\d{1,5})$/.exec(text);
  const host = match?.groups?.["v6"] ?? match?.groups?.["host"];
  const port = Number(match?.groups?.["port"]);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

function wholeNumber(name: string, what: string, least: number, most: number): ValueType<number> {
  return {
    name,
    allowed: `${what} from ${least} to ${most}`,
    parse(text) {
      const value = /^(?:0|[1-9]\d{0,8})$/.test(text) ? Number(text) : -1;
      return value >= least && value <= most ? value : undefined;
    },
  };
}

function path(name: string, allowed: string): ValueType<string> {
  return { name, allowed, parse: (text) => (text === "" || text.includes("\0") ? undefined : text) };
}

function pattern(name: string, allowed: string, source: string): ValueType<string> {
  const whole = new RegExp(`^${source}$`);
  return { name, allowed, parse: (text) => (text.length <= 253 && whole.test(text) ? text : undefined) };
}

function subdomain(): string {
  return `${label}(\\.${label})*`;
}
