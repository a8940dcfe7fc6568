#!/usr/bin/env node
/** Starts the webhook. Everything else is imported after the version check. */
import { complaintAboutNode } from "./node-version.ts";

const complaint = complaintAboutNode("dualstack-webhook", "npm start", process.versions.node);
if (complaint === undefined) {
  const { run } = await import("./server/run.ts");
  process.exitCode = await run(process.argv.slice(2), process.env);
} else {
  process.stderr.write(complaint);
  process.exitCode = 2;
}
