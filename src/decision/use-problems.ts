import type { IngressUse, Problem } from "./rule.ts";

/**
 * What is wrong with a Service for the Ingresses in front of it: a warning where the controller may never look at their
 * backends, and where the controller is EKS Auto Mode's, whose source is closed.
 */
export function useProblems(
  uses: readonly IngressUse[],
  problemsOf: (use: IngressUse) => readonly Problem[],
): readonly Problem[] {
  return uses.flatMap((use): readonly Problem[] => {
    const problems = problemsOf(use);
    if (problems.length === 0) return problems;
    switch (use.isRead()) {
      case "unread":
        return [];
      case "perhaps":
        return problems.map(asWarning);
      case "read":
        return use.controller.name === "eks-auto-mode" ? problems.map(asWarning) : problems;
    }
  });
}

function asWarning(problem: Problem): Problem {
  return { ...problem, severity: "warn" };
}
