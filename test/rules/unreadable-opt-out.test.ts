import { unreadableOptOut as rule } from "../../src/rules/unreadable-opt-out.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(rule, {
  allow: [
    { name: "no annotation", service: {} },
    { name: "an opt-out in Go's words", service: { annotations: { "dualstack.dev/inject": "f" } } },
    { name: "an explicit yes", ingress: { annotations: { "dualstack.dev/inject": "true" } } },
    { name: "a namespace that opted in", service: {}, namespaceLabels: { "dualstack.dev/inject": "enabled" } },
  ],
  deny: [
    {
      name: "the word that a namespace takes, on an object",
      service: { annotations: { "dualstack.dev/inject": "disabled" } },
      fields: ["metadata.annotations[dualstack.dev/inject]"],
    },
    {
      name: "an empty value on an Ingress",
      ingress: { annotations: { "dualstack.dev/inject": "" } },
      fields: ["metadata.annotations[dualstack.dev/inject]"],
    },
  ],
  warn: [
    {
      name: "the word that an object takes, on a namespace",
      service: {},
      namespaceLabels: { "dualstack.dev/inject": "false" },
      fields: ["namespace label dualstack.dev/inject"],
    },
  ],
});
