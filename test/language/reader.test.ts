import { expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import * as reader from "../../src/language/reader.ts";
import * as whenNeeded from "../../src/language/reader-when-needed.ts";
import { utc } from "../../src/time/zone.ts";

test("the reader that is loaded when it is needed reads all that the other one does", () => {
  expect(Object.keys(whenNeeded).sort()).toEqual(Object.keys(reader).sort());
});

test("a bundle that has left the reader behind is told so", () => {
  // The sources are not built, so there is none.
  const read = () => whenNeeded.parseWhen("every day at 9am", { now: 0 as never, zone: utc });
  expect(read).toThrow(ScheduleError);
  expect(read).toThrow(
    "Phrases cannot be read here, as reader.cjs does not lie beside the package: expected onthedot to be left out of what is bundled",
  );
});
