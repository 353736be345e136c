import { expect, test } from "vitest";
import { escapeMarkup, oneLine, safeJson, withoutUnsafe } from "../../src/terminal/text.ts";

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
