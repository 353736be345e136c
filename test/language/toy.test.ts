import { describe, expect, test, vi } from "vitest";
import { parseEvery, parseOnce, parseWhen } from "../../src/language/language.ts";
import { wednesday } from "./reading.ts";

/** The recipe of src/README.md: one folder, and one line in `language.ts`; here it stands where Chinese does. */
vi.mock("../../src/language/zh/clauses.ts", async () => ({
  chinese: (await import("./toy/esperanto.ts")).esperanto,
}));

describe("a language of ten phrases", () => {
  test.each([
    ["ĉiutage je la 9", "every day at 9:00"],
    ["ĉiutage je la 9 kaj la 17:30", "every day at 9:00 and 17:30"],
    ["Ĉiutage je tagmezo", "every day at noon"],
    ["ĉiun lundon je la 9:30", "every monday at 9:30"],
    ["ĉiun lundon kaj vendredon je la 8", "every monday and friday at 8:00"],
    ["ĉiun labortagon je la 9", "every weekday at 9:00"],
    ["ĉiun horon", "every hour"],
    ["ĉiujn 5 minutojn", "every 5 minutes"],
    ["ĉiujn 3 tagojn je la 18", "every 3 days at 18:00"],
    [
      "bonvolu ĉiun mardon je la 7 kaj ĉiun vendredon je la 8",
      "every tuesday at 7:00 and every friday at 8:00",
    ],
  ])("%s", (phrase, english) => {
    expect(parseWhen(phrase, wednesday)).toEqual(parseWhen(english, wednesday));
  });

  test("serves every and once as well", () => {
    expect(parseEvery("ĉiun horon", wednesday)).toEqual(parseEvery("hour", wednesday));
    expect(parseOnce("morgaŭ je la 15", wednesday)).toBe(parseOnce("tomorrow at 15:00", wednesday));
  });

  test("gets errors that point at what is wrong, with the nearest right word", () => {
    expect(() => parseWhen("ĉiun lundom je la 9", wednesday)).toThrow(
      expect.objectContaining({ code: "phrase", start: 5, nearest: '"lundon"' }),
    );
    expect(() => parseWhen("ĉiutage je la 25:00", wednesday)).toThrow(
      expect.objectContaining({ code: "time-of-day", start: 11 }),
    );
  });
});
