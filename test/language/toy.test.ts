import { describe, expect, test, vi } from "vitest";
import { parseEvery, parseOnce, parseWhen } from "../../src/language/language.ts";
import { toInstant } from "../../src/time/moment.ts";
import { zoneNamed } from "../../src/time/zone.ts";

/** The recipe of src/README.md: one folder, and one line in `language.ts`; here it stands where Chinese does. */
vi.mock("../../src/language/zh/clauses.ts", async () => ({
  chinese: (await import("./toy/esperanto.ts")).esperanto,
}));

const context = { now: toInstant(new Date("2026-03-04T10:15:00Z")), zone: zoneNamed("Europe/Berlin") };

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
    expect(parseWhen(phrase, context)).toEqual(parseWhen(english, context));
  });

  test("serves every and once as well", () => {
    expect(parseEvery("ĉiun horon", context)).toEqual(parseEvery("hour", context));
    expect(parseOnce("morgaŭ je la 15", context)).toBe(parseOnce("tomorrow at 15:00", context));
  });

  test("gets errors that point at what is wrong, with the nearest right word", () => {
    expect(() => parseWhen("ĉiun lundom je la 9", context)).toThrow(
      expect.objectContaining({ code: "phrase", start: 5, nearest: '"lundon"' }),
    );
    expect(() => parseWhen("ĉiutage je la 25:00", context)).toThrow(
      expect.objectContaining({ code: "time-of-day", start: 11 }),
    );
  });
});
