import type { Content } from "./content.ts";
import type { Configuration } from "./trust.ts";

export interface ProblemLog {
  /** undefined: there is none any more. Each is logged when it begins, and when it ends. */
  say(about: string, problem: string | undefined): void;
  /** All that there are now, in words; undefined: none. */
  text(): string | undefined;
}

interface Log {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What is wrong with the Secret and the webhook configurations of a self-managed certificate. */
export function problemLog(log: Log, onProblem: () => void): ProblemLog {
  const problems = new Map<string, string>();
  return {
    say(about, problem) {
      if (problem === problems.get(about)) return;
      if (problem === undefined) {
        problems.delete(about);
        log.info({ about }, "self-managed certificate: a fault is mended");
        return;
      }
      problems.set(about, problem);
      log.error({ about, problem }, "self-managed certificate: a fault");
      onProblem();
    },
    text: () => (problems.size === 0 ? undefined : [...problems].map(([about, text]) => `${about}: ${text}`).join(" ")),
  };
}

/** What is wrong with what stands in the Secret. That it is empty is no fault before there has been a certificate. */
export function contentProblem(content: Content, secret: string, isServing: boolean): string | undefined {
  switch (content.outcome) {
    case "empty":
      return isServing ? `${secret} is empty: the replica that writes fills it anew.` : undefined;
    case "foreign":
      return `${secret} is somebody else's: ${content.problem}. It is left alone: delete it and apply the installation again, to have it filled anew.`;
    case "ours": {
      const { faults } = content.kept;
      if (faults.length === 0) return undefined;
      return `${secret} is damaged: ${faults.join(" ")} The replica that writes replaces what is unusable.`;
    }
  }
}

/** What keeps us from seeing, or setting, whom the API server trusts. One that is not there yet is no fault. */
export function configurationProblem(configuration: Configuration): string | undefined {
  switch (configuration.outcome) {
    case "absent":
      return undefined;
    case "failed":
      return configuration.problem;
    case "found":
      return (
        configuration.injectedFrom &&
        `cert-manager writes its caBundle (annotation cert-manager.io/inject-ca-from): remove the annotation, or leave out --self-managed-certificate.`
      );
  }
}
