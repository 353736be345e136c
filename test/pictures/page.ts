import { spawn } from "node:child_process";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** The page of its example in a real browser, when one job is running and another one has failed. */
export const pagePicture = async (file: string): Promise<void> => {
  const [port, token] = ["8089", "a-token-for-pictures"];
  const script = spawn(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, "../../examples/25-the-page.ts")],
    {
      env: { ...process.env, PORT: port, PAGE_TOKEN: token, ONTHEDOT_LANG: "en", TZ: "Europe/Berlin" },
      stdio: "ignore",
    },
  );
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1080, height: 760 } });
    const visit = (): Promise<unknown> =>
      page.goto(`http://127.0.0.1:${port}/?token=${token}`).catch(() => page.waitForTimeout(200).then(visit));
    await visit();
    await page.locator(".row", { hasText: "checkPrice" }).locator(".failed").waitFor();
    await page.locator(".state.running").waitFor();
    await page.screenshot({ path: file });
  } finally {
    await browser.close();
    script.kill();
  }
};
