import { expect, test } from "vitest";
import { inWords } from "../../src/job.ts";

test.each([
  [new TypeError("no"), "TypeError: no"],
  [
    new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:2") }),
    "TypeError: fetch failed (connect ECONNREFUSED 127.0.0.1:2)",
  ],
  [new Error("no", { cause: "because" }), "Error: no"],
  ["a text", "a text"],
  [undefined, "undefined"],
  [Object.create(null), "a value that cannot be shown"],
])("what was thrown is reported in a line: %#", (thrown, words) => {
  expect(inWords(thrown)).toBe(words);
});
