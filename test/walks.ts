import { mkdtempSync, rmSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm run walks` counts the files of `src` that a reader passes through on four walks: those in which a function is entered (V8 coverage) after
 * everything was imported and the default scheduler was built. `--files` lists them.
 */
const src = join(import.meta.dirname, "../src");
const { every, jobs, clear } = await import("../src/index.ts");
const { createScheduler } = await import("../src/index.ts");
const { sqlite } = await import("../src/sqlite.ts");
const { VirtualClock } = await import("../src/testing.ts");
jobs();

const session = new Session();
session.connect();
await session.post("Profiler.enable");

const walk = async (name: string, act: () => unknown): Promise<void> => {
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await act();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  await session.post("Profiler.stopPreciseCoverage");
  const files = result
    .filter(({ url, functions }) => {
      if (!url.startsWith("file:") || !fileURLToPath(url).startsWith(src)) return false;
      // The first one is the module itself, entered when it was imported.
      return functions.slice(1).some(({ ranges }) => ranges[0]!.count > 0);
    })
    .map(({ url }) => relative(src, fileURLToPath(url)))
    .sort();
  console.log(`${name.padEnd(10)} ${String(files.length).padStart(3)} files`);
  if (process.argv.includes("--files")) for (const file of files) console.log(`             ${file}`);
};

const nothing = () => {};
const phrases: { describe(): string }[] = [];
await walk("phrase", () => phrases.push(every("weekday at 9am")));
// A schedule that nobody does anything with is reported at the end.
for (const phrase of phrases) phrase.describe();
await walk("chain", () => every().day.at("10:30").do(nothing));
clear();

const clock = new VirtualClock("2026-03-02T09:00:00Z");
const due = createScheduler({ clock, zone: "UTC" });
due.every(5).seconds.do(nothing);
await due.runPending();
await clock.advance("5 seconds");
await walk("due job", () => due.runPending());

const folder = mkdtempSync(join(tmpdir(), "onthedot-walk-"));
const store = sqlite(join(folder, "jobs.db"));
const script = () => {
  const scheduler = createScheduler({ clock, zone: "UTC", store });
  scheduler.every().day.at("10:30").named("report").do(nothing);
  return scheduler;
};
const first = script();
await first.runPending();
await first.stop(0);
await clock.advance("25 hours");
await walk("restart", async () => {
  const again = script();
  await again.runPending();
  await again.stop(0);
});
rmSync(folder, { recursive: true });
