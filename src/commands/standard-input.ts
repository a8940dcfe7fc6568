/** Just above what a manifest source may have, so that the reader of manifests says "too large" and an endless pipe ends. */
const enough = 17 * 1024 * 1024;

/** The text of a stream of bytes, cut where it is longer than anybody would read. Throws where it is no UTF-8. */
export async function readText(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    chunks.push(bytes);
    size += bytes.length;
    if (size > enough) return Buffer.concat(chunks).toString("latin1");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new Error("it is not UTF-8 text", { cause });
  }
}
