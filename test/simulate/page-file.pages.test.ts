import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { timelineHtml } from "../../src/simulate/page-file.ts";
import { timelineSvg } from "../../src/simulate/picture.ts";
import type { Timeline } from "../../src/simulate/timeline.ts";
import { executablePath, hasBrowser } from "../browser.ts";
import { beforeGap, hostileName, household, week } from "./timelines.ts";

test("a page names no place outside itself and holds no script", async () => {
  const html = timelineHtml(await household(week, 7, { extra: hostileName }));
  expect(html).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|href=|url\(|@import|\son\w+=["']/i);
  expect(html).toContain("default-src 'none'");
  expect(html.replace(`xmlns="http://www.w3.org/2000/svg"`, "")).not.toMatch(/https?:/);
});

test("a job that runs every second does not make a page nobody can open", async () => {
  const timeline = await household(week, 7);
  const often = {
    ...timeline.lanes[0]!,
    runs: Array.from({ length: 604_800 }, (_, i) => ({
      at: timeline.from + i * 1_000,
      outcome: "succeeded",
    })),
  };
  const html = timelineHtml({ ...timeline, lanes: [often as never] });
  expect(html.length).toBeLessThan(20_000);
  expect(html).toContain("604,800 runs");
});

test("a week of twenty jobs is a page under 200 kB", async () => {
  const timeline = await household(week, 7);
  const lanes = Array.from({ length: 20 }, (_, i) => timeline.lanes[i % 5]!);
  expect(timelineHtml({ ...timeline, lanes }).length).toBeLessThan(200_000);
});

describe.runIf(hasBrowser)("in a browser", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "onthedot-"));
  const requests: string[] = [];
  const trouble: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());

  const open = async (timeline: Timeline, colorScheme: "light" | "dark" = "light"): Promise<Page> => {
    const file = join(folder, `${Math.random()}.html`);
    writeFileSync(file, timelineHtml(timeline));
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 800 } });
    page.on("request", (request) => requests.push(request.url()));
    page.on("dialog", (dialog) => {
      trouble.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("console", (message) => trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(error.message));
    await page.goto(`file://${file}`);
    expect(requests.shift()).toBe(`file://${file}`);
    return page;
  };

  test("each mark says its exact instant in the job's zone and in UTC", async () => {
    const page = await open(await household(beforeGap, 3));
    const titles = await page.locator("svg rect.run > title").allTextContents();
    expect(titles).toContain("Sun 28 Mar 2027 03:30:00 +02:00 (2027-03-28 01:30:00 UTC)");
    await page.close();
  });

  test("the table below has every run to the second, and a keyboard opens it", async () => {
    const page = await open(await household(beforeGap, 3));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const backup = page.locator("table", { hasText: "backupPhotos" });
    expect(await backup.isVisible()).toBe(true);
    expect(await backup.textContent()).toContain("Sun 28 Mar 2027 03:30:00 +02:002027-03-28 01:30:00");
    await page.close();
  });

  test("the clock change of the axis' own zone is drawn once, behind all jobs", async () => {
    const page = await open(await household(beforeGap, 3));
    expect(await page.locator("svg .night").count()).toBe(1);
    expect(await page.locator("svg").textContent()).toContain(
      "clocks go forward 1h on Sun 28 Mar, 02:00 to 03:00",
    );
    await page.close();
  });

  test("an unbroken stretch of runs is one rounded bar, and a run by itself is a tick", async () => {
    const page = await open(await household(week, 7));
    const widths = await page
      .locator("svg rect.run")
      .evaluateAll((marks) => marks.map((mark) => Number(mark.getAttribute("width"))));
    expect(widths.filter((width) => width > 30)).toHaveLength(7); // price checks from 8 to 22 h
    expect(widths.filter((width) => width === 3)).toHaveLength(1 + 7 + 5 + 2);
    await page.close();
  });

  test("hours are labelled where days are few, and no text leaves the picture or touches another", async () => {
    for (const [from, days, hours] of [
      [week, 1, true],
      [beforeGap, 2, true],
      [week, 7, false],
      [week, 30, false],
    ] as const) {
      const page = await open(await household(from, days, { extra: "a very long name ".repeat(9) }));
      const texts = await page.locator("svg text").evaluateAll((all) =>
        all.map((text) => {
          const { x, y, width, height } = text.getBoundingClientRect();
          return { x, y, width, height, words: text.textContent };
        }),
      );
      expect(texts.some(({ words }) => words === "12:00")).toBe(hours);
      const svg = (await page.locator("svg").boundingBox())!;
      for (const text of texts) {
        expect(text.x).toBeGreaterThanOrEqual(svg.x);
        expect(text.x + text.width).toBeLessThanOrEqual(svg.x + svg.width);
      }
      const touching = texts.flatMap((a, i) =>
        texts
          .slice(i + 1)
          .filter(
            (b) =>
              a.x < b.x + b.width &&
              b.x < a.x + a.width &&
              a.y < b.y + b.height - 4 &&
              b.y < a.y + a.height - 4,
          )
          .map((b) => `${a.words} | ${b.words}`),
      );
      expect(touching).toEqual([]);
      await page.close();
    }
  });

  test("the axis and each job's own zone are named, the script's name is the heading, and a mark shows now", async () => {
    const timeline = await household(week, 7);
    const page = await open({ ...timeline, script: "household.ts", now: timeline.from });
    const words = await page.locator("svg").textContent();
    expect(words).toContain("times in Europe/Berlin");
    expect(words).toContain("every Sunday at 20:00 America/New_York time");
    expect(await page.locator("svg .title").textContent()).toBe("household.ts");
    expect(await page.locator("svg .now").count()).toBe(1);
    await page.close();
  });

  test("it is dark where the reader's system is, and light on paper", async () => {
    const timeline = await household(week, 7);
    const paper = async (page: Page) => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const [light, dark] = [await open(timeline, "light"), await open(timeline, "dark")];
    expect(await paper(light)).toBe("rgb(251, 251, 249)");
    expect(await paper(dark)).toBe("rgb(15, 18, 22)");
    await dark.emulateMedia({ media: "print", colorScheme: "light" });
    expect((await dark.pdf()).subarray(0, 5).toString()).toBe("%PDF-");
    for (const page of [light, dark]) await page.close();
  });

  test("a hostile name is text", async () => {
    const page = await open(await household(week, 2, { extra: hostileName }));
    const names = await page.locator("svg g > title").allTextContents();
    expect(names.some((name) => name.includes("</style><script>alert(1)</script>"))).toBe(true);
    expect(await page.locator("script, [onmouseover]").count()).toBe(0);
    await page.close();
  });

  test("the picture is well-formed", async () => {
    const file = join(folder, "timeline.svg");
    writeFileSync(file, timelineSvg(await household(beforeGap, 7, { extra: hostileName })));
    const page = await browser.newPage();
    await page.goto(`file://${file}`);
    expect(
      await page.evaluate(
        "document.documentElement.tagName + document.querySelectorAll('parsererror').length",
      ),
    ).toBe("svg0");
    expect(await page.locator("rect.run").count()).toBeGreaterThan(20);
    await page.close();
  });

  test("no request leaves a page, and no page complains", () => {
    expect(requests).toEqual([]);
    expect(trouble).toEqual([]);
  });
});
