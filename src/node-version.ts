/** @kubernetes/client-node needs 22.19 (by way of undici 8), and 22.18 was the first to run TypeScript unbuilt. */
const oldest = { major: 22, minor: 19 };

/**
 * What to say where this Node is too old, or undefined. Both programs ask before they import anything else, since older
 * versions fail at import with riddles; so this file imports nothing.
 */
export function complaintAboutNode(program: string, script: string, version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return undefined;
  return `${program} needs Node ${oldest.major}.${oldest.minor} or newer, and this is ${version}. Install a newer one, or start it with ${script}, which brings its own.\n`;
}
