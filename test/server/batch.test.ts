import { expect, test, vi } from "vitest";
import { buildBatch } from "../../src/server/batch.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what arrives in one turn is answered at its end, in order, and reported after the last answer", async () => {
  const done: string[] = [];
  const batch = buildBatch({ isAlone: () => false, onBug: vi.fn<(error: unknown) => void>() });
  for (const name of ["a", "b"]) {
    batch.answer(() => {
      done.push(`answer ${name}`);
      batch.report(() => done.push(`report ${name}`));
    });
  }
  expect(done).toEqual([]);
  await turn();
  expect(done).toEqual(["answer a", "answer b", "report a", "report b"]);
});

test("what an answer brings up is done in the next turn", async () => {
  const done: string[] = [];
  const batch = buildBatch({ isAlone: () => false, onBug: vi.fn<(error: unknown) => void>() });
  batch.answer(() => {
    done.push("first");
    batch.answer(() => done.push("second"));
  });
  await turn();
  await turn();
  expect(done).toEqual(["first", "second"]);
});

test("a job that throws takes none of the others with it", async () => {
  const done: string[] = [];
  const onBug = vi.fn<(error: unknown) => void>();
  const batch = buildBatch({ isAlone: () => false, onBug });
  batch.answer(() => {
    batch.report(() => {
      throw new Error("a report");
    });
    batch.report(() => done.push("the next report"));
    throw new Error("an answer");
  });
  batch.answer(() => done.push("the next answer"));
  await turn();
  expect(done).toEqual(["the next answer", "the next report"]);
  expect(onBug.mock.calls.flat().map(String)).toEqual(["Error: an answer", "Error: a report"]);
});

test("where one comes after the other each is answered at once, until others come with it", async () => {
  const done: string[] = [];
  const onBug = vi.fn<(error: unknown) => void>();
  const batch = buildBatch({ isAlone: () => true, onBug });
  const arrive = (name: string): void => {
    batch.answer(() => {
      batch.report(() => done.push(`report ${name}`));
      done.push(`answer ${name}`);
    });
  };
  for (let count = 0; count < 8; count += 1) {
    arrive("early");
    expect(done).toHaveLength(2 * count);
    await turn();
  }
  done.length = 0;
  arrive("a");
  expect(done).toEqual(["answer a"]);
  batch.answer(() => {
    throw new Error("an answer");
  });
  arrive("b");
  expect(done).toEqual(["answer a"]);
  await turn();
  expect(done).toEqual(["answer a", "answer b", "report a", "report b"]);
  expect(onBug.mock.calls.flat().map(String)).toEqual(["Error: an answer"]);
  arrive("c");
  expect(done).toHaveLength(4);
});
