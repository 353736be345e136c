import { existsSync } from "node:fs";

/** The browser of the tests of pages. CHROMIUM names another one. */
export const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser)
  console.warn(
    `Left out: no browser at ${executablePath}, so pages are not opened. CHROMIUM names another one.`,
  );
