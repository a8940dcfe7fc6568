import type { ScrapeOptions } from "../../src/server/scraped-metrics.ts";

/** What a scrape finds where nothing has happened yet. */
export const nothingYet: ScrapeOptions = {
  version: "1.2.3",
  inFlight: () => 0,
  caches: () => [],
  certificateExpiry: () => undefined,
};
