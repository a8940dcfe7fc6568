import { describe, expect, it } from "vitest";
import { defaultProfile } from "../../src/decision/facts.ts";
import { plainWorld } from "./forged.ts";
import { factsOf, world } from "./world.ts";

describe("a world becomes facts", () => {
  it("that says least: the controller's defaults, in a cluster whose subnets are known", () => {
    expect(factsOf(world.parse(plainWorld))).toEqual({
      namespaceLabels: {},
      install: { scope: "ClusterWide", excludedNamespaces: [] },
      existing: undefined,
      profile: {
        ...defaultProfile,
        controllers: ["aws-load-balancer-controller", "cloud-controller-manager"],
        subnetsHaveIPv6: true,
        discoveredSubnets: 3,
        controllerVersion: { major: 3, minor: 5 },
        featureGates: { ...defaultProfile.featureGates, EnableCertificateManagement: false },
      },
    });
  });

  it("each field of the controller's set-up in its place", () => {
    const given = {
      ...plainWorld,
      subnetsIPv6: "partial",
      defaultScheme: "internet-facing",
      defaultTargetType: "ip",
      enableTCPUDPListener: true,
      loadBalancerClass: "corp.example/nlb",
      ingressClass: "corp-alb",
      disableIngressClassAnnotation: true,
      disableIngressGroupNameAnnotation: true,
      enableBackendSecurityGroup: false,
      enableManageBackendSecurityGroupRules: true,
      featureGates: { NLBSecurityGroup: false, EnableCertificateManagement: true, EnableDefaultTagsLowPriority: true },
      externalManagedTags: ["cost-center"],
      defaultTags: { Team: "infra" },
    };
    const { profile } = factsOf(world.parse(given));
    expect(profile).toEqual({
      ...defaultProfile,
      controllers: ["aws-load-balancer-controller", "cloud-controller-manager"],
      subnetsHaveIPv6: "some",
      discoveredSubnets: 3,
      controllerVersion: { major: 3, minor: 5 },
      defaultScheme: "internet-facing",
      defaultTargetType: "ip",
      featureGates: {
        ...defaultProfile.featureGates,
        EnableTCPUDPListener: true,
        NLBSecurityGroup: false,
        EnableCertificateManagement: true,
      },
      loadBalancerClass: "corp.example/nlb",
      ingressClass: "corp-alb",
      disableIngressClassAnnotation: true,
      disableIngressGroupNameAnnotation: true,
      albClasses: [{ name: "corp-alb", hasParams: undefined }],
      backendSecurityGroup: false,
      manageBackendSecurityGroupRules: true,
      externalManagedTags: ["cost-center"],
    });
  });

  it.each([
    [{ existingScheme: "internet-facing" }, { scheme: "internet-facing", hasSecurityGroups: true }],
    [
      { existingScheme: "internal", existingSecurityGroups: false },
      { scheme: "internal", hasSecurityGroups: false },
    ],
    [{ existingSecurityGroups: true }, undefined],
  ])("%j: the load balancer that exists", (given, existing) => {
    expect(factsOf(world.parse({ ...plainWorld, ...given })).existing).toEqual(existing);
  });
});

it.each([
  { vpcPeering: true },
  { featureGates: { NotYetInvented: true } },
  { subnetsIPv6: "some" },
  { defaultScheme: undefined },
])("what could change a verdict unseen is an error: %j", (given) => {
  expect(world.safeParse({ ...plainWorld, ...given }).success).toBe(false);
});
