import { expect, test } from "vitest";
import { displayWidth } from "../../src/terminal/text.ts";
import { errorAt, stage } from "./stage.ts";

const script = `interface Offer { price: number }
async function priceCheck() {
  const offer = await findOffer("PS5");
  console.log("PS5", offer.price);
}
`;

const fill = ({ every, once, when }: ReturnType<typeof stage>["schedule"]) => {
  const { error, file } = errorAt(script, 4, 28);
  let checks = 0;
  every(15)
    .minutes.between("08:00", "22:00")
    .aligned()
    .do(function priceCheck() {
      if (++checks > 1) throw error;
    });
  every(3)
    .days.starting("2026-11-22")
    .at("18:00")
    .named("给植物浇水")
    .do(() => {});
  every()
    .day.at("02:30")
    .do(async function backupPhotos() {});
  when("weekdays at 9am").do(function standup() {});
  once("2026-11-23 09:00").do(function dentist() {});
  return file;
};

for (const columns of [60, 80, 120])
  for (const env of [{ NO_COLOR: "1" }, { FORCE_COLOR: "1" }] as const)
    test(`a quarter of an hour at ${columns} columns, ${"NO_COLOR" in env ? "without" : "with"} colour`, async () => {
      const { clock, schedule, stdout, open } = stage({ columns, env });
      const file = fill(schedule);
      const viewer = open();
      await clock.advance("51 minutes");
      // Where a machine keeps what is temporary is no part of the picture.
      const seen = ("NO_COLOR" in env ? stdout.screen : stdout.painted).join("\n");
      const status = stdout.screen.at(-1)!;
      viewer.close();
      if ("NO_COLOR" in env) expect(stdout.raw).not.toContain("\x1b");
      else expect(stdout.raw).toContain("\x1b[31m✖\x1b[39m");
      const table = stdout.screen.slice(
        1,
        stdout.screen.findIndex((line) => line.includes("▶")),
      );
      expect([...table, status].filter((line) => displayWidth(line) > columns)).toEqual([]);
      expect(seen.replaceAll(file, "/tmp/myjobs.ts")).toMatchSnapshot();
    });

test("a job that succeeds often becomes a number in the status line, and its failure is told", async () => {
  const { clock, schedule, stdout, open } = stage({ columns: 100 });
  let count = 0;
  schedule.every(2).seconds.do(function tick() {
    if (++count === 10) throw new Error("tenth");
  });
  open();
  await clock.advance("19 seconds");
  expect(stdout.screen.filter((line) => line.includes("✔ tick"))).toHaveLength(2);
  expect(stdout.screen.at(-1)).toBe("  next tick in 1s · tick ×9");
  await clock.advance("1 second");
  expect(stdout.screen.some((line) => line.includes("✖ tick"))).toBe(true);
  expect(stdout.screen.at(-1)).toContain("✖ 1 failing · next tick in 2s");
});

test("verbose tells every run", async () => {
  const { clock, schedule, stdout, open } = stage({ isVerbose: true });
  schedule.every(2).seconds.do(function tick() {});
  open();
  await clock.advance("20 seconds");
  expect(stdout.screen.filter((line) => line.includes("✔ tick"))).toHaveLength(10);
});

test("the same failure is one line, another one is told whole", async () => {
  const { clock, schedule, stdout, open } = stage();
  let count = 0;
  schedule.every().minute.do(function check() {
    throw new Error(++count === 4 ? "another" : "the same");
  });
  open();
  await clock.advance("5 minutes");
  const told = stdout.screen
    .filter((line) => /same error|Error:|in a row|failed once/.test(line))
    .map((line) => line.trim());
  expect(told).toEqual([
    "Error: the same",
    "failed once · try it: npx tsx myjobs.ts run check",
    expect.stringMatching(/✖ check .*same error, 2nd time$/),
    expect.stringMatching(/✖ check .*same error, 3rd time$/),
    "Error: another",
    "failed 4 times in a row · try it: npx tsx myjobs.ts run check",
    "Error: the same",
    "failed 5 times in a row · try it: npx tsx myjobs.ts run check",
  ]);
});

test("a machine that slept says how long, what was missed, and what becomes of it", async () => {
  const { clock, schedule, stdout, open } = stage({ columns: 100, start: "2026-11-22T00:17:00+01:00" });
  schedule
    .every()
    .day.at("02:30")
    .do(async function backupPhotos() {
      await clock.sleep("68 seconds");
    });
  open();
  clock.setTo("2026-11-22T07:58:31+01:00");
  await clock.advance("2 minutes");
  expect(stdout.screen.slice(5)).toEqual([
    "07:59:01  ☾ asleep 7h 41m (00:17 → 07:59:01) · missed backupPhotos 02:30 · running it once now",
    "07:59:01  ▶ backupPhotos   5h 29m late",
    "08:00:09  ✔ backupPhotos   1m 8s   next Mon 02:30",
    "  next backupPhotos in 18h 29m",
  ]);
});

test("a clock that is set back is told with other words", async () => {
  const { clock, schedule, stdout, open } = stage({ columns: 100, start: "2026-11-22T12:00:00+01:00" });
  schedule
    .every()
    .day.at("18:00")
    .do(function report() {});
  open();
  clock.setTo("2026-11-22T11:00:00+01:00");
  await clock.advance("1 minute");
  expect(stdout.screen.join("\n")).toContain(
    "☾ the clock was set back 1h (12:00 → 11:00:30) · nothing runs twice",
  );
});

test("what is skipped because a run that was given up goes on all the same is said so", async () => {
  const { clock, schedule, stdout, open } = stage();
  schedule
    .every()
    .minute.timeout("10 seconds")
    .times(3)
    .named("slow")
    .do(() => clock.sleep("3 minutes"));
  open();
  await clock.advance("3 minutes");
  const told = stdout.screen.filter((line) => /given up|but is still running/.test(line));
  expect(told).toEqual([
    expect.stringMatching(/slow timed out after 10 seconds but is still running/),
    expect.stringMatching(/slow {3}skipped, given up and still running \(1m\)/),
  ]);
});

test("what is skipped while a run goes on is said once and counted", async () => {
  const { clock, schedule, stdout, open } = stage();
  schedule.every().minute.do(async function slow() {
    await clock.sleep("3 minutes 30 seconds");
  });
  open();
  await clock.advance("5 minutes");
  const told = stdout.screen.filter((line) => line.includes("skipped"));
  expect(told).toEqual([
    "17:42:12  – slow   skipped, still running (1m)",
    expect.stringContaining("· 3 skipped meanwhile"),
  ]);
});

test("stopping says what is waited for, and ends with a summary", async () => {
  const { clock, schedule, scheduler, loop, stdout, open } = stage({ columns: 100 });
  schedule.every().minute.do(async function backupPhotos() {
    await clock.sleep("50 seconds");
  });
  open();
  await clock.advance("101 seconds");
  const { drain } = await import("../../src/scheduler/shutdown.ts");
  const ended = drain(scheduler, loop);
  await clock.advance("1 second");
  expect(stdout.screen.at(-2)).toBe(
    "  stopping · waiting for backupPhotos (running 41s, up to 30s more) · Ctrl-C again abandons it",
  );
  expect(stdout.screen.at(-1)).toBe("  stopping · backupPhotos 42s · up to 29s more · Ctrl-C abandons");
  await clock.advance("8 seconds");
  expect(await ended).toBe(true);
  expect(stdout.screen.slice(-2)).toEqual([
    "17:42:02  ✔ backupPhotos   50s",
    "  stopped after 1m 50s · 1 run · 0 failed · 0 missed",
  ]);
});

test("names, messages and phrases reach the terminal as text, never as commands to it", async () => {
  const { clock, schedule, stdout, open } = stage({ columns: 200 });
  const hostile = "\x1b[2J\x07evil\r\n\x9b31m\u202egnp";
  schedule
    .every()
    .minute.named(hostile)
    .do(() => {
      throw new Error(`${hostile}\n${hostile}`);
    });
  open();
  await clock.advance("2 minutes");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not come
  const own = stdout.raw.replaceAll(/\x1b\[[0-9;]*m|\r?\x1b\[J|\r|\n/g, "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not come
  expect(own).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
  expect(own).toContain("\\x1b[2J\\x07evil\\r\\n\\x9b31m\\u202egnp");
});

test("a terminal without the signs gets others", async () => {
  const { clock, schedule, stdout, open } = stage({ env: { TERM: "linux" } });
  schedule.every().minute.do(function tick() {});
  schedule.every().minute.do(function tock() {
    throw new Error("no");
  });
  open();
  await clock.advance("1 minute");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is ASCII
  expect(stdout.raw).toMatch(/^[\x00-\x7f]*$/);
  expect(stdout.screen.at(-1)).toBe("  x 1 failing - next tick in 1m");
});

test("a trace tells before each sleep what is waited for", async () => {
  const { clock, schedule, loop, stdout, open } = stage({ columns: 80 });
  schedule
    .every(15)
    .minutes.aligned()
    .do(function priceCheck() {});
  schedule
    .every()
    .day.at("02:30")
    .do(function backup() {});
  open();
  loop.stop();
  loop.start(false, true);
  await clock.advance("5 minutes");
  const told = stdout.screen.filter((line) => line.includes("heap: "));
  expect(told[0]).toBe("  heap: 2 entries, top priceCheck 17:45:00.000, sleeping 30000 ms (capped)");
  expect(told.at(-2)).toBe("  heap: 2 entries, top priceCheck 17:45:00.000, sleeping 18000 ms");
  expect(told.at(-1)).toBe("  heap: 2 entries, top priceCheck 18:00:00.000, sleeping 30000 ms (capped)");
});

test("without a trace nothing of it is told, and nothing planned is no mistake", async () => {
  const { clock, schedule, loop, stdout, open } = stage({ isTTY: false });
  schedule.every(15).minutes.do(function priceCheck() {});
  open();
  await clock.advance("1 minute");
  expect(stdout.raw).not.toContain("heap");
  loop.stop();
  schedule.pause();
  loop.start(false, true);
  expect(stdout.screen.at(-1)).toBe("2026-11-22T17:41:12+01:00 trace heap=0 sleep=30000ms capped");
});

test("what was waited for is told when it ends, also of a job that runs often", async () => {
  const { clock, schedule, scheduler, loop, stdout, open } = stage();
  schedule.every(5).seconds.do(async function slow() {
    await clock.sleep("3 seconds");
  });
  open();
  await clock.advance("31 seconds");
  const { drain } = await import("../../src/scheduler/shutdown.ts");
  const ended = drain(scheduler, loop);
  await clock.advance("3 seconds");
  await ended;
  expect(stdout.screen.slice(-2)).toEqual([
    "17:40:45  ✔ slow   3.0s",
    expect.stringMatching(/^ {2}stopped after 33s · 6 runs · 0 failed · 0 missed$/),
  ]);
});

test("what sleep has missed is folded between its parts, and says by whose will nothing is made up for", async () => {
  const { clock, schedule, stdout, open } = stage({ columns: 60, start: "2026-11-22T22:00:00+01:00" });
  for (const name of ["backupPhotos", "报告"])
    schedule
      .every()
      .day.at("02:30")
      .named(name)
      .do(() => {});
  schedule
    .every()
    .day.at("03:00")
    .catchUp("skip")
    .do(function bins() {});
  schedule
    .every()
    .hour.catchUp("once", { maxLateness: "1 minute" })
    .do(function news() {});
  open();
  clock.setTo("2026-11-23T07:58:00+01:00");
  await clock.advance("1 minute");
  const told = stdout.screen.slice(stdout.screen.findIndex((line) => line.includes("☾")));
  expect(told.slice(0, 4)).toEqual([
    "07:58:30  ☾ asleep 9h 58m (22:00 → 07:58:30)",
    "            missed backupPhotos 02:30, 报告 02:30, bins",
    "            03:00 and 1 more",
    "            running 2 once",
  ]);
  expect(told).toContain('07:58:30  – bins           1 missed, not made up for, as .catchUp("skip") says');
  expect(told.join("\n")).toMatch(/– news +\d+ missed, too old to be made up for/);
});
