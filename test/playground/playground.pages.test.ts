import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executablePath, hasBrowser } from "../browser.ts";

const { buildPage } = (await import(join(import.meta.dirname, "../../.ci/page.mjs"))) as {
  buildPage(name: string): Promise<string>;
};

describe.runIf(hasBrowser)("the playground", () => {
  let browser: Browser;
  const file = join(mkdtempSync(join(tmpdir(), "onthedot-")), "playground.html");
  const requests: string[] = [];
  const trouble: string[] = [];

  beforeAll(async () => {
    writeFileSync(file, await buildPage("playground"));
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());

  const open = async (locale = "en-GB"): Promise<Page> => {
    const page = await browser.newPage({ locale, timezoneId: "Europe/Berlin" });
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => trouble.push(error.message));
    await page.goto(`file://${file}`);
    return page;
  };

  test("is one file that loads nothing", async () => {
    expect(statSync(file).size).toBeLessThan(250_000);
    await (await open()).close();
    expect([requests, trouble]).toEqual([[`file://${file}`], []]);
  });

  test.each([
    ["every weekday at 9am", "every weekday at 09:00", "每个工作日09:00"],
    ["每天凌晨2点半", "every day at 02:30", "每天02:30"],
    ["0 9 * * 1-5", "every weekday at 09:00", "每个工作日09:00"],
    ['every(2).weeks.on("friday").at("17:00")', "every other Friday at 17:00", "每2周的周五17:00"],
  ])("%s is explained in both languages", async (given, english, chinese) => {
    const page = await open();
    await page.fill("#given", given);
    await page.locator(".meaning").getByText(english, { exact: true }).waitFor();
    expect(await page.locator(".other").innerText()).toBe(chinese);
    expect(await page.locator(".moments li").count()).toBe(8);
    await page.close();
  });

  test("shows what both clock changes do, and a mistake with its mark", async () => {
    const page = await open();
    await page.fill("#given", "every day at 02:30");
    await page.getByText("02:30 does not exist, runs at 03:30").waitFor();
    await page.getByText("02:30 occurs twice, runs the first time only").waitFor();
    await page.fill("#given", "every weekdya at 9am");
    expect(await page.locator(".error").innerText()).toContain("^^^^^^^");
    await page.close();
  });

  test("the race follows the sliders, in Chinese too", async () => {
    const page = await open("zh-CN");
    await page.getByText("四种写法，同一个任务").waitFor();
    const bars = () => page.locator(".lanes rect.run").count();
    const before = await bars();
    const dropped = page.locator(".lanes rect.dropped");
    expect(await dropped.count()).toBeGreaterThan(3);
    await page.locator('input[type="range"]').nth(1).fill("0");
    await expect.poll(() => dropped.count()).toBe(0);
    expect(await bars()).toBeGreaterThan(before);
    await page.close();
  });
});
