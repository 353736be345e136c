import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { assemble } from "../../src/create.ts";
import { awakeCall, type Hold, keepAwake } from "../../src/notify/awake.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";

/** Two jobs that overlap, with `keepAwake`, and one without it. */
const night = async (platform: NodeJS.Platform, hold: Hold) => {
  const clock = new VirtualClock("2026-11-30T00:00:00Z");
  const { schedule, scheduler } = assemble({ clock, zone: "UTC" });
  const warnings: string[] = [];
  schedule.listen("warning", ({ message }) => warnings.push(message));
  keepAwake(scheduler.events, { platform, hold });
  const long = (minutes: number) => () => clock.sleep(`${minutes} minutes`);
  schedule.every().day.at("01:00").keepAwake().named("a").do(long(10));
  schedule.every().day.at("01:05").keepAwake().named("b").do(long(10));
  schedule.every().day.at("03:00").named("c").do(long(10));
  schedule.start();
  await clock.advance("2 days");
  await schedule.stop();
  return warnings;
};

test("sleep is held off from the first start to the last end, and again the next day", async () => {
  const log: string[] = [];
  const warnings = await night("linux", ({ file, args }) => {
    log.push(`${file} ${args[2]}`);
    return () => log.push("released");
  });
  expect(log).toEqual(["systemd-inhibit --why=a", "released", "systemd-inhibit --why=a", "released"]);
  expect(warnings).toEqual([]);
});

test("where it cannot be held off, one warning says so", async () => {
  expect(await night("win32", () => () => {})).toEqual([
    ".keepAwake() cannot hold off sleep: there is no program for it on win32",
  ]);
  const failing: Hold = (_, failed) => {
    failed("systemd-inhibit is not installed");
    return () => {};
  };
  expect(await night("linux", failing)).toEqual([
    ".keepAwake() cannot hold off sleep: systemd-inhibit is not installed",
  ]);
});

test("the calls end with this process", () => {
  expect(awakeCall("darwin", 42, "backup")).toEqual({ file: "caffeinate", args: ["-i", "-s", "-w", "42"] });
  expect(awakeCall("linux", 42, "backup")?.args.slice(4)).toEqual(["tail", "--pid=42", "-f", "/dev/null"]);
  expect(awakeCall("aix", 42, "backup")).toBeUndefined();
  // What is waited with ends when the process has ended.
  expect(spawnSync("tail", ["--pid=999999999", "-f", "/dev/null"], { timeout: 20_000 }).status).toBe(0);
});
