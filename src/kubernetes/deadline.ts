import { ApiFailure, describeError } from "./api-failure.ts";
import type { Clock } from "./clock.ts";

/** Runs work that ends in time: at the deadline, or when the caller's signal fires, its signal fires and it fails with the reason. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal | undefined,
  about: string,
  work: (aborted: AbortSignal, extend: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const expire = () => controller.abort(new ApiFailure("timeout", `${about}: nothing arrived within ${ms / 1000} s`));
  const stop = () => controller.abort(new ApiFailure("stopped", `${about}: stopped`));
  let timer = clock.setTimeout(expire, ms);
  timer.unref();
  outer?.addEventListener("abort", stop);
  if (outer?.aborted === true) stop();
  try {
    return await work(controller.signal, () => {
      timer.cancel();
      timer = clock.setTimeout(expire, ms);
      timer.unref();
    });
  } catch (error) {
    const cause: unknown = controller.signal.aborted ? controller.signal.reason : error;
    if (cause instanceof ApiFailure || !isSystemError(cause)) throw cause;
    throw new ApiFailure("connection", `${about}: ${describeError(cause)}`, { cause });
  } finally {
    timer.cancel();
    outer?.removeEventListener("abort", stop);
  }
}

/** The promise's outcome, or the signal's reason if that comes first: for work that cannot be aborted, such as an exec plugin. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
