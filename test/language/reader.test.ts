import { expect, test } from "vitest";
import * as reader from "../../src/language/reader.ts";
import * as whenNeeded from "../../src/language/reader-when-needed.ts";

test("the reader that is loaded when it is needed exports what the other one does", () => {
  expect(Object.keys(whenNeeded).sort()).toEqual(Object.keys(reader).sort());
});
