import type { Readable } from "node:stream";
import { ApiFailure } from "./api-failure.ts";

/** In characters. An object is at most 1.5 MiB in etcd; JSON with its escapes stays well under this. */
const maxLineLength = 16 * 2 ** 20;

/** Calls onLine for each line that ends with a newline, and gives back what follows the last newline. */
export async function splitLines(
  stream: Readable,
  onLine: (line: string) => void,
  onChunk: () => void,
): Promise<string> {
  // Decoding in the stream keeps a character whole whose bytes came in two chunks.
  stream.setEncoding("utf8");
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const text = String(chunk);
    onChunk();
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      const line = parts.join("") + text.slice(start, end);
      parts = [];
      length = 0;
      start = end + 1;
      if (line !== "") onLine(line);
    }
    if (start < text.length) parts.push(text.slice(start));
    length += text.length - start;
    if (length > maxLineLength) throw new ApiFailure("too-large", `a line is longer than ${maxLineLength} characters`);
  }
  return parts.join("");
}
