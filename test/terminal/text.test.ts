import { expect, test } from "vitest";
import { quoted } from "../../src/report/stack.ts";
import {
  ascii,
  cutSpans,
  glyphsFor,
  plain,
  styleOf,
  unicode,
  wantsColour,
} from "../../src/terminal/style.ts";
import {
  cutTo,
  displayWidth,
  escapeMarkup,
  joinTo,
  manyLines,
  oneLine,
  padTo,
  safeJson,
  sayLength,
  sayShort,
  sayWait,
  sayZone,
  withoutUnsafe,
} from "../../src/terminal/text.ts";
import { parseMoment } from "../../src/time/iso.ts";
import { zoneNamed } from "../../src/time/zone.ts";

test.each([
  ["backup", 6],
  ["备份照片", 8],
  ["ｶﾀｶﾅ", 4],
  ["カタカナ", 8],
  ["한국어", 6],
  ["e\u0301te\u0301", 3],
  ["👨‍👩‍👧", 2],
  ["🇩🇪🇫🇷", 4],
  ["❤️", 2],
  ["❤", 1],
  ["a\u200bb", 2],
  ["１２", 4],
  ["✔ ok", 4],
  ["每天早上8点（周末除外）", 23],
  // East Asian wide, which tables of older versions of Unicode do not have.
  ["𗀀𘬀", 4],
  ["☰䷀", 4],
  ["㉈", 1],
  ["\u0600", 0],
  // Clusters of several characters that each have a place of their own.
  ["क्षि", 3],
  ["ﾊﾟ", 2],
  ["สำ", 2],
  // A syllable in its parts, and one whole.
  ["\u1100\u1161\u11a8", 2],
  ["각", 2],
])("%s takes %i columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
  expect(displayWidth(padTo(text, 24))).toBe(24);
});

test("a cut text is never wider than its room", () => {
  for (const text of ["priceCheck", "备份照片和视频", "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", "a备b份c照d片"])
    for (let width = 0; width <= 12; width++) {
      for (const sign of ["…", "..."])
        expect(displayWidth(cutTo(text, width, sign))).toBeLessThanOrEqual(Math.max(width, 0));
      const spans = cutSpans([plain(text), plain(text)], Math.max(3, width), "…");
      expect(displayWidth(spans.map((span) => span.text).join(""))).toBeLessThanOrEqual(Math.max(3, width));
    }
  expect(cutTo("备份照片", 5, "…")).toBe("备份…");
});

test("what a terminal would obey is written out", () => {
  expect(oneLine("a\x1b[31mb\r\nc\x9bd\u202ee\x00")).toBe("a\\x1b[31mb\\r\\nc\\x9bd\\u202ee\\x00");
  expect(oneLine("备份 ok ✔ 👨‍👩‍👧")).toBe("备份 ok ✔ 👨‍👩‍👧");
  expect(oneLine("\ud800")).toBe("\\ud800");
  expect(manyLines("one\r\n\ttwo\x07")).toEqual(["one", "  two\\x07"]);
  expect(JSON.parse(safeJson({ a: "\x9b\u202e\n" }))).toEqual({ a: "\x9b\u202e\n" });
  expect(safeJson("\x9b\u202e\x7f")).toBe('"\\u009b\\u202e\\u007f"');
});

test.each([
  ["a\u202eb", "a\\u202eb"],
  ["a\u2028b", "a\\u2028b"],
  ["a\u200bb", "a\\u200bb"],
  ["a\ufeffb", "a\\ufeffb"],
  [" \u200d ", " \\u200d "],
  [" \u200c ", " \\u200c "],
  ["a\u{e0041}b", "a\\u{e0041}b"],
  ["\u001b[31m", "\\x1b[31m"],
])("%j is written out", (text, shown) => {
  expect(oneLine(text)).toBe(shown);
  expect(JSON.parse(safeJson(text))).toBe(text);
  expect(safeJson(text)).toMatch(/^[\x20-\x7e]*$/);
  expect(withoutUnsafe(text)).toContain("\ufffd");
  expect(escapeMarkup(text)).toContain("\ufffd");
});

test.each([
  "👩‍👧",
  "🏳️‍🌈",
  "می‌خواهم",
  "क्‍ष",
  "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
  "浇花",
])("%j stays as it is", (text) => expect(oneLine(text)).toBe(text));

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: false }, {}, false],
  [{}, {}, false],
  [{ isTTY: true }, { TERM: "dumb" }, false],
  [{ isTTY: true }, { NO_COLOR: "1" }, false],
  [{ isTTY: true }, { NO_COLOR: "" }, true],
  [{ isTTY: true }, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  [{ isTTY: false }, { FORCE_COLOR: "1" }, true],
  [{ isTTY: false }, { FORCE_COLOR: "" }, true],
  [{ isTTY: true }, { FORCE_COLOR: "0" }, false],
  [{ isTTY: true }, { FORCE_COLOR: "false" }, false],
])("a stream %o in %o wants colour: %s", (stream, env, wanted) => {
  expect(wantsColour(stream, env)).toBe(wanted);
});

test("each stream decides for itself", () => {
  const nothing = { write() {} };
  const [screen, file] = [styleOf({ ...nothing, isTTY: true, columns: 0 }, {}), styleOf(nothing, {})];
  expect(screen.paint("a", "red")).toBe("\x1b[31ma\x1b[39m");
  expect(file.paint("a", "red")).toBe("a");
  expect(screen.paint("a", "red")).toBe("\x1b[31ma\x1b[39m");
  expect([screen.width, file.width]).toEqual([80, Infinity]);
});

test("lengths, waits and zones are written as people write them", () => {
  expect(
    [12, 1_830, 68_000, 31_260_000, 691_200_000 + 57_600_000].map((length) => sayLength(length)),
  ).toEqual(["12ms", "1.8s", "1m 8s", "8h 41m", "8d 16h"]);
  expect([0, 1, 4_999, 288_000].map(sayWait)).toEqual(["0s", "1s", "5s", "4m 48s"]);
  const now = parseMoment("2026-11-22T12:00:00Z", zoneNamed("UTC"));
  expect(
    ["Europe/Berlin", "UTC", "Asia/Kolkata", "America/New_York", "UTC+02:00", "Europe/London"].map((name) =>
      sayZone(zoneNamed(name), now),
    ),
  ).toEqual([
    "Europe/Berlin (UTC+1)",
    "UTC",
    "Asia/Kolkata (UTC+5:30)",
    "America/New_York (UTC-5)",
    "UTC+02:00",
    "Europe/London (UTC)",
  ]);
  const berlin = zoneNamed("Europe/Berlin");
  const say = (text: string) => sayShort(parseMoment(text, berlin), now, berlin);
  expect(
    ["2026-11-22 18:00", "2026-11-25 18:00", "2026-11-29 18:00", "2027-01-01 00:00:05"].map(say),
  ).toEqual(["18:00", "Wed 18:00", "Sun 29 Nov 18:00", "Fri 1 Jan 2027 00:00:05"]);
});

test("a name is one word for the shell", () => {
  expect(["backup", "my job", "it's", "备份", "$(rm)"].map((word) => quoted(word, "linux"))).toEqual([
    "backup",
    "'my job'",
    "'it'\\''s'",
    "'备份'",
    "'$(rm)'",
  ]);
  expect(["backup", "my job", "C:\\jobs\\a.ts"].map((word) => quoted(word, "win32"))).toEqual([
    "backup",
    '"my job"',
    "C:\\jobs\\a.ts",
  ]);
});

test("parts are put on as few lines as they need", () => {
  expect(joinTo(["one", "two", "three", "four"], " · ", 12)).toEqual(["one · two", "three · four"]);
  expect(joinTo(["much too long for it"], " · ", 5)).toEqual(["much too long for it"]);
});

test.each([
  [{}, unicode],
  [{ LANG: "C.UTF-8", TERM: "xterm" }, unicode],
  [{ LANG: "zh_CN.utf8" }, unicode],
  [{ LANG: "zh_CN" }, unicode],
  [{ LANG: "C" }, ascii],
  [{ LANG: "POSIX" }, ascii],
  [{ LANG: "en_US.ISO-8859-1" }, ascii],
  [{ LC_ALL: "C", LANG: "en_US.UTF-8" }, ascii],
  [{ LC_ALL: "", LC_CTYPE: "en_US.UTF-8", LANG: "C" }, unicode],
  [{ TERM: "linux", LANG: "en_US.UTF-8" }, ascii],
  [{ TERM: "dumb" }, ascii],
  [{ OS: "Windows_NT" }, ascii],
  [{ OS: "Windows_NT", WT_SESSION: "1" }, unicode],
  [{ OS: "Windows_NT", TERM_PROGRAM: "vscode" }, unicode],
] as const)("in the environment %j the signs are those it can show", (env, signs) => {
  expect(glyphsFor(env)).toBe(signs);
});
