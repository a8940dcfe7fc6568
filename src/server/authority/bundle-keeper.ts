import { describeError } from "../../kubernetes/api-failure.ts";
import type { ApiClient } from "../../kubernetes/client.ts";
import type { Clock } from "../../kubernetes/clock.ts";
import type { ProblemLog } from "./problems.ts";
import { authoritiesIn, writeBundles } from "./trust.ts";
import type { Configuration } from "./trust.ts";

/** Has the API server trust what it should, one round at a time. */
export interface BundleKeeper {
  /** Gives whether nothing is left to do. */
  keep(configurations: readonly Configuration[], wanted: Wanted): Promise<boolean>;
}

interface Wanted {
  readonly authorities: readonly string[];
  /** Whether these are known to be all: then others are taken out in the end. */
  readonly areAll: boolean;
}

interface BundleKeeperOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly log: { info(fields: object, message: string): void };
  readonly problems: ProblemLog;
  /** For so long others stay: some replica may still serve what one of them has signed, until it reads the Secret again. */
  readonly settleMs: number;
}

export function bundleKeeper({ client, clock, log, problems, settleMs }: BundleKeeperOptions): BundleKeeper {
  let othersSinceMs: number | undefined;

  async function keepOne(configuration: Configuration, authorities: readonly string[]): Promise<boolean> {
    if (configuration.outcome !== "found" || configuration.injectedFrom !== undefined) return true;
    const { kind } = configuration;
    const about = `caBundle of the ${kind}`;
    try {
      const outcome = await writeBundles(client, configuration, authorities);
      problems.say(about, undefined);
      if (outcome === "written") log.info({ kind, authorities: authorities.length }, "caBundle written");
      return outcome === "nothing to do";
    } catch (error) {
      problems.say(about, describeError(error));
      return true;
    }
  }

  return {
    async keep(configurations, { authorities, areAll }) {
      const others = authoritiesIn(configurations).filter((each) => !authorities.includes(each));
      if (others.length === 0 || !areAll) othersSinceMs = undefined;
      else othersSinceMs ??= clock.elapsed();
      const isOver = othersSinceMs !== undefined && clock.elapsed() - othersSinceMs >= settleMs;
      const all = isOver ? authorities : [...authorities, ...others];
      const done = await Promise.all(configurations.map((each) => keepOne(each, all)));
      return done.every((each) => each);
    },
  };
}
