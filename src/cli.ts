#!/usr/bin/env node
/** The kubectl plugin. Everything else is imported after the version check. */
import { complaintAboutNode } from "./node-version.ts";

const complaint = complaintAboutNode("kubectl-dualstack", "npm run preview", process.versions.node);
if (complaint === undefined) {
  const { run } = await import("./commands/run.ts");
  const { processIo } = await import("./commands/io.ts");
  process.exitCode = await run(process.argv.slice(2), processIo(process));
} else {
  process.stderr.write(complaint);
  process.exitCode = 2;
}
