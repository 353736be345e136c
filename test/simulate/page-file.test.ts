import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { timelineHtml } from "../../src/simulate/page-file.ts";
import { timelineSvg } from "../../src/simulate/picture.ts";
import type { Timeline } from "../../src/simulate/timeline.ts";
import { beforeGap, hostileName, household, week } from "./timelines.ts";

test("a page names no place outside itself and holds no script", async () => {
  const html = timelineHtml(await household(week, 7, { extra: hostileName }));
  expect(html).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|href=|url\(|@import|\son\w+=["']/i);
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/https?:/);
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
  expect(html.length).toBeLessThan(200_000);
  expect(html).toContain("604,800 runs");
});

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const isThere = existsSync(executablePath);
if (!isThere)
  console.warn(
    `Left out: no browser at ${executablePath}, so the timeline page is not opened. CHROMIUM names another one.`,
  );

describe.runIf(isThere)("in a browser", () => {
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

  test("under the pointer, and by the keyboard, stands the exact instant in the job's zone and in UTC", async () => {
    const page = await open(await household(beforeGap, 3));
    const backup = page.locator(".track").nth(1).locator(".mark").nth(1);
    const tip = backup.locator(".tip");
    expect(await tip.isVisible()).toBe(false);
    await backup.hover();
    expect(await tip.isVisible()).toBe(true);
    const said = await tip.textContent();
    expect(said).toContain("backupPhotos");
    expect(said).toContain("Sun 28 Mar 2027 03:30:00 +02:00");
    expect(said).toContain("2027-03-28 01:30:00");
    await page.mouse.move(0, 0);
    expect(await tip.isVisible()).toBe(false);
    await page.locator(".track").nth(1).locator(".mark").nth(0).focus();
    await page.keyboard.press("Tab");
    expect(await tip.isVisible()).toBe(true);
    await page.close();
  });

  test("every mark that stands alone can be reached with the pointer, and its tip stays on the page", async () => {
    const page = await open(await household(week, 7, { extra: hostileName }));
    const marks = page.locator(".mark[tabindex]:not(.is-many)");
    const count = await marks.count();
    expect(count).toBeGreaterThan(20);
    for (let i = 0; i < count; i += 5) {
      await marks.nth(i).hover();
      const box = (await marks.nth(i).locator(".tip").boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(1280);
    }
    await page.close();
  });

  test("the night in which clocks change is marked, and tells what it does", async () => {
    const page = await open(await household(beforeGap, 3));
    expect(await page.locator(".night").count()).toBe(1 + 1); // one behind the lanes, one in the legend
    await page.locator(".flag").hover();
    expect(await page.locator(".flag .tip").textContent()).toContain(
      "clocks go forward 1h on Sun 28 Mar, 02:00 → 03:00",
    );
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
    const names = await page.locator(".name b").allTextContents();
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
    expect(await page.locator("rect.run").count()).toBeGreaterThan(50);
    await page.close();
  });

  test("no request leaves a page, and no page complains", () => {
    expect(requests).toEqual([]);
    expect(trouble).toEqual([]);
  });
});
