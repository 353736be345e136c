import { expect, onTestFinished, test } from "vitest";
import { timelineStrip } from "../../src/simulate/strip.ts";
import { ascii, painter, type Style, unicode } from "../../src/terminal/style.ts";
import { displayWidth } from "../../src/terminal/text.ts";
import { useLanguage } from "../../src/text/text.ts";
import { beforeGap, hostileName, household, week } from "./timelines.ts";

const style = (width: number, isPlain = true, glyphs = unicode): Style => ({
  width,
  glyphs,
  paint: painter(!isPlain),
});

test.each(([60, 80, 120] as const).flatMap((width) => [[width, "en"] as const, [width, "zh"] as const]))(
  "a week at %i columns in %s",
  async (width, language) => {
    useLanguage(language);
    onTestFinished(() => useLanguage("en"));
    const strip = timelineStrip(await household(week, 7), style(width));
    // In Chinese only the words are others.
    if (language === "en" || width === 80) expect(`\n${strip}\n`).toMatchSnapshot();
    for (const line of strip.split("\n")) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
    // Each day stands above its cells.
    const days = /(?:Mon |周一)23/.exec(strip)!;
    const line = strip.slice(strip.lastIndexOf("\n", days.index) + 1, days.index);
    const row = strip.slice(days.index).split("\n")[1]!;
    const before = row.slice(
      0,
      [...row].findIndex((_, i) => displayWidth(row.slice(0, i)) === displayWidth(line)),
    );
    expect(before).toMatch(/ $/);
  },
);

test("a week in colour says the same", async () => {
  const timeline = await household(week, 7);
  const painted = timelineStrip(timeline, style(120, false));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
  expect(painted.replaceAll(/\u001b\[\d+m/g, "")).toBe(timelineStrip(timeline, style(120)));
  expect(painted).not.toBe(timelineStrip(timeline, style(120)));
});

test("without colour there is not one escape sequence, and without glyphs not one sign beyond ASCII but names", async () => {
  expect(timelineStrip(await household(week, 7), style(80))).not.toContain("\u001b");
  const strip = timelineStrip(await household(week, 7), style(80, true, ascii));
  expect(strip.replaceAll("浇花", "")).toMatch(/^[\x20-\x7e\n]*$/);
});

test("a night in which clocks change, and nights asleep", async () => {
  const timeline = await household(beforeGap, 3, { asleep: { from: "23:00", to: "07:30" } });
  expect(`\n${timelineStrip(timeline, style(100))}\n`).toMatchSnapshot();
});

test("the cells of a row add up to the runs of the job", async () => {
  const timeline = await household(week, 7);
  const rows = timelineStrip(timeline, style(200))
    .split("\n")
    .slice(3, 3 + timeline.lanes.length);
  for (const [i, row] of rows.entries()) {
    const cells = row.slice([...row].findIndex((sign) => "·▪▒█".includes(sign)));
    const least = [...cells].reduce((sum, sign) => sum + ({ "▪": 1, "▒": 2, "█": 8 }[sign] ?? 0), 0);
    expect(timeline.lanes[i]!.runs.length).toBeGreaterThanOrEqual(least);
  }
});

test("a hostile name stands on one line and does nothing", async () => {
  const strip = timelineStrip(await household(week, 2, { extra: hostileName }), style(100));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
  expect(strip).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test("without jobs there is still a header", async () => {
  const timeline = { ...(await household(week, 1)), lanes: [], paused: [] };
  expect(`\n${timelineStrip(timeline, style(80))}\n`).toMatchSnapshot();
});
