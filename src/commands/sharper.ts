import { decide } from "../decision/decide.ts";
import type { Decision } from "../decision/decide.ts";
import { installableControllers, openGates } from "../decision/facts.ts";
import type { ClusterProfile } from "../decision/facts.ts";
import { factsFor } from "./judge.ts";
import type { JudgeInput, Judged } from "./judge.ts";

/**
 * The flags on which a decision depends and that were not given: those where some answer of the operator would have
 * changed what is decided. Found by trying, so that no list has to follow the rules.
 */
export function sharperFlags(judged: readonly Judged[], input: JudgeInput): readonly string[] {
  const { profile } = input.facts;
  const judgedOnes = judged.filter(({ decision }) => decision.untouched === undefined);
  return unknowns
    .filter(({ answers }) =>
      answers(profile).some((answer) => judgedOnes.some((each) => isChangedBy(each, answer, input))),
    )
    .map(({ flag }) => flag);
}

interface Unknown {
  readonly flag: string;
  /** The profile with each answer that may be given; none where it is known. */
  readonly answers: (profile: ClusterProfile) => readonly ClusterProfile[];
}

const yesAndNo = [true, false] as const;

const unknowns: readonly Unknown[] = [
  {
    flag: "--controllers",
    answers: (profile) =>
      profile.controllers === undefined
        ? installableControllers.map((controller) => ({ ...profile, controllers: [controller] }))
        : [],
  },
  {
    flag: "--ip-family",
    answers: (profile) =>
      profile.ipFamily === undefined
        ? (["ipv4", "ipv6", "dualstack"] as const).map((ipFamily) => ({ ...profile, ipFamily }))
        : [],
  },
  {
    flag: "--subnets-have-ipv6",
    answers: (profile) =>
      profile.subnetsHaveIPv6 === undefined ? yesAndNo.map((subnetsHaveIPv6) => ({ ...profile, subnetsHaveIPv6 })) : [],
  },
  {
    flag: "--nodes-have-primary-ipv6",
    answers: (profile) =>
      profile.nodesHavePrimaryIPv6 === undefined
        ? yesAndNo.map((nodesHavePrimaryIPv6) => ({ ...profile, nodesHavePrimaryIPv6 }))
        : [],
  },
  {
    flag: "--overlay-network",
    answers: (profile) =>
      profile.overlayNetwork === undefined ? yesAndNo.map((overlayNetwork) => ({ ...profile, overlayNetwork })) : [],
  },
  {
    flag: "--discovered-subnets",
    answers: (profile) =>
      profile.discoveredSubnets === undefined
        ? [1, 2, 3].map((discoveredSubnets) => ({ ...profile, discoveredSubnets }))
        : [],
  },
  {
    flag: "--alb-class-without-params",
    answers: (profile) =>
      profile.albClasses.some(({ hasParams }) => hasParams === undefined)
        ? [{ ...profile, albClasses: profile.albClasses.map(({ name }) => ({ name, hasParams: false })) }]
        : [],
  },
  ...openGates.map((gate): Unknown => ({
    flag: `--feature-gates ${gate}`,
    answers: (profile) =>
      profile.featureGates[gate] === undefined
        ? yesAndNo.map((isOn) => ({ ...profile, featureGates: { ...profile.featureGates, [gate]: isOn } }))
        : [],
  })),
];

function isChangedBy({ subject, decision }: Judged, profile: ClusterProfile, input: JudgeInput): boolean {
  return essence(decide(subject, input.policies, { ...factsFor(subject, input), profile })) !== essence(decision);
}

function essence({ controller, injections, leftOut, cautions, findings }: Decision): string {
  return JSON.stringify([controller, injections, leftOut, cautions, findings]);
}
