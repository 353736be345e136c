import { expect, onTestFinished, test } from "vitest";
import type { Environment } from "../../src/terminal/style.ts";
import { displayWidth } from "../../src/terminal/text.ts";
import { useLanguage } from "../../src/text/text.ts";
import { nothing } from "../scheduler/stores.ts";
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
  every(3).days.starting("2026-11-22").at("18:00").named("给植物浇水").do(nothing);
  every().day.at("02:30").named("backupPhotos").do(nothing);
  when("weekdays at 9am").named("standup").do(nothing);
  once("2026-11-23 09:00").named("dentist").do(nothing);
  return file;
};

test.each([60, 80, 120])("a quarter of an hour at %i columns, with and without colour", async (columns) => {
  const show = async (env: Environment) => {
    const { clock, schedule, stdout, open } = stage({ columns, env });
    const file = fill(schedule);
    const viewer = open();
    await clock.advance("51 minutes");
    const { screen, painted } = stdout;
    viewer.close();
    // Where a machine keeps what is temporary is no part of the picture.
    const [plain, coloured] = [screen, painted].map((lines) =>
      lines.join("\n").replaceAll(file, "/tmp/myjobs.ts"),
    );
    return { screen, plain, coloured, raw: stdout.raw };
  };
  const { screen, plain, raw } = await show({ NO_COLOR: "1" });
  expect(raw).not.toContain("\x1b");
  expect(plain).toMatchSnapshot();
  const table = screen.slice(
    1,
    screen.findIndex((line) => line.includes("✔")),
  );
  expect([...table, screen.at(-1)!].filter((line) => displayWidth(line) > columns)).toEqual([]);
  const inColour = await show({ FORCE_COLOR: "1" });
  expect(inColour.plain).toBe(plain);
  if (columns === 80) expect(inColour.coloured).toMatchSnapshot("in colour");
});

test("a frequent job becomes a number in the status line, and its failure is shown", async () => {
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

test("--verbose shows every run", async () => {
  const { clock, schedule, stdout, open } = stage({ isVerbose: true });
  schedule.every(2).seconds.named("tick").do(nothing);
  open();
  await clock.advance("20 seconds");
  expect(stdout.screen.filter((line) => line.includes("✔ tick"))).toHaveLength(10);
});

test("a repeated failure is one line, another one is shown in full", async () => {
  const { clock, schedule, stdout, open } = stage();
  let count = 0;
  schedule.every().minute.do(function check() {
    throw new Error(++count === 4 ? "another" : "the same");
  });
  open();
  await clock.advance("5 minutes");
  const reported = stdout.screen
    .filter((line) => /same error|Error:|in a row|failed once/.test(line))
    .map((line) => line.trim());
  expect(reported).toEqual([
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

test("after sleep one line says how long, what was missed, and what is caught up", async () => {
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
    "  07:59:01  ☾ asleep 7h 41m (00:17 → 07:59:01) · missed backupPhotos 02:30 · catching up once",
    "  07:59:01  ▶ backupPhotos   5h 29m late",
    "  08:00:09  ✔ backupPhotos   1m 8s   next Mon 02:30",
    "  next backupPhotos in 18h 29m",
  ]);
});

test("a clock set back does not look like sleep", async () => {
  const { clock, schedule, stdout, open } = stage({ columns: 100, start: "2026-11-22T12:00:00+01:00" });
  schedule.every().day.at("18:00").named("report").do(nothing);
  open();
  clock.setTo("2026-11-22T11:00:00+01:00");
  await clock.advance("1 minute");
  expect(stdout.screen.join("\n")).toContain("☾ clock set back 1h (12:00 → 11:00:30) · no run is repeated");
});

test("an occurrence skipped after a timeout says that the run is still running", async () => {
  const { clock, schedule, stdout, open } = stage();
  schedule
    .every()
    .minute.timeout("10 seconds")
    .times(3)
    .named("slow")
    .do(() => clock.sleep("3 minutes"));
  open();
  await clock.advance("3 minutes");
  expect(stdout.screen.filter((line) => line.includes("skipped, "))).toEqual([
    expect.stringMatching(/slow {3}skipped, timed out but still running \(1m\)/),
  ]);
});

test("occurrences skipped during a run are announced once and counted", async () => {
  const { clock, schedule, stdout, open } = stage();
  schedule.every().minute.do(async function slow() {
    await clock.sleep("3 minutes 30 seconds");
  });
  open();
  await clock.advance("5 minutes");
  const reported = stdout.screen.filter((line) => line.includes("skipped"));
  expect(reported).toEqual([
    "  17:42:12  – slow   skipped, still running (1m)",
    expect.stringContaining("· 3 skipped meanwhile"),
  ]);
});

test("stopping says which jobs it waits for, and ends with a summary", async () => {
  const { clock, schedule, loop, stdout, open } = stage({ columns: 100 });
  schedule.every().minute.do(async function backupPhotos() {
    await clock.sleep("50 seconds");
  });
  open();
  await clock.advance("101 seconds");
  const ended = loop.drain();
  await clock.advance("1 second");
  expect(stdout.screen.at(-2)).toBe(
    "  stopping · waiting for backupPhotos (running 41s) · up to 30s more · Ctrl-C again to abandon it",
  );
  expect(stdout.screen.at(-1)).toBe(
    "  stopping · backupPhotos 42s · up to 29s more · Ctrl-C again to abandon it",
  );
  await clock.advance("8 seconds");
  expect(await ended).toBe(true);
  expect(stdout.screen.slice(-2)).toEqual([
    "  17:42:02  ✔ backupPhotos   50s",
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
  schedule.every().minute.named("tick").do(nothing);
  schedule.every().minute.do(function tock() {
    throw new Error("no");
  });
  open();
  await clock.advance("1 minute");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is ASCII
  expect(stdout.raw).toMatch(/^[\x00-\x7f]*$/);
  expect(stdout.screen.at(-1)).toBe("  x 1 failing - next tick in 1m");
});

test("--debug says before each sleep what comes next", async () => {
  const { clock, schedule, loop, stdout, open } = stage({ columns: 80 });
  schedule.every(15).minutes.aligned().named("priceCheck").do(nothing);
  schedule.every().day.at("02:30").named("backup").do(nothing);
  open();
  loop.stop();
  loop.start(false, true);
  await clock.advance("5 minutes");
  const reported = stdout.screen.filter((line) => line.includes("heap: "));
  expect(reported[0]).toBe("  heap: 2 entries, top priceCheck 17:45:00.000, sleeping 30000 ms (capped)");
  expect(reported.at(-2)).toBe("  heap: 2 entries, top priceCheck 17:45:00.000, sleeping 18000 ms");
  expect(reported.at(-1)).toBe("  heap: 2 entries, top priceCheck 18:00:00.000, sleeping 30000 ms (capped)");
});

test("without --debug the heap is not shown, and with nothing planned it is empty", async () => {
  const { clock, schedule, loop, stdout, open } = stage({ isTTY: false });
  schedule.every(15).minutes.named("priceCheck").do(nothing);
  open();
  await clock.advance("1 minute");
  expect(stdout.raw).not.toContain("heap");
  loop.stop();
  schedule.pause();
  loop.start(false, true);
  expect(stdout.screen.at(-1)).toBe("2026-11-22T17:41:12+01:00 debug heap=0 sleep=30000ms capped");
});

test("a run that was waited for is shown when it ends, also that of a frequent job", async () => {
  const { clock, schedule, loop, stdout, open } = stage();
  schedule.every(5).seconds.do(async function slow() {
    await clock.sleep("3 seconds");
  });
  open();
  await clock.advance("31 seconds");
  const ended = loop.drain();
  await clock.advance("3 seconds");
  await ended;
  expect(stdout.screen.slice(-2)).toEqual([
    "  17:40:45  ✔ slow   3.0s",
    expect.stringMatching(/^ {2}stopped after 33s · 6 runs · 0 failed · 0 missed$/),
  ]);
});

test("the line about missed runs wraps between words, and each job says why it is not caught up", async () => {
  const { clock, schedule, stdout, open } = stage({ columns: 60, start: "2026-11-22T22:00:00+01:00" });
  for (const name of ["backupPhotos", "报告"]) schedule.every().day.at("02:30").named(name).do(nothing);
  schedule.every().day.at("03:00").catchUp("skip").named("bins").do(nothing);
  schedule.every().hour.catchUp("once", { maxLateness: "1 minute" }).named("news").do(nothing);
  open();
  clock.setTo("2026-11-23T07:58:00+01:00");
  await clock.advance("1 minute");
  const reported = stdout.screen.slice(stdout.screen.findIndex((line) => line.includes("☾")));
  expect(reported.slice(0, 3)).toEqual([
    "  07:58:30  ☾ asleep 9h 58m (22:00 → 07:58:30) · missed",
    "              backupPhotos 02:30, 报告 02:30, bins 03:00 and",
    "              1 more · catching up 2 of them once",
  ]);
  expect(reported).toContain("  07:58:30  – bins           missed, not caught up because");
  expect(reported.join("\n")).toMatch(/– news +\d+ missed, too late to catch up/);
});

test("a short run is one line, a longer one and one that prints begin with a line of their own", async () => {
  const { clock, schedule, stdout, open } = stage();
  schedule
    .every()
    .minute.named("short")
    .do(() => clock.sleep("0.05 seconds"));
  schedule
    .every()
    .minute.named("long")
    .do(() => clock.sleep("0.3 seconds"));
  schedule
    .every()
    .minute.named("loud")
    .do(() => void stdout.write("hello\n"));
  open();
  await clock.advance("61 seconds");
  expect(
    stdout.screen.slice(
      stdout.screen.findIndex((line) => line.startsWith("  17:41:12")),
      -1,
    ),
  ).toEqual([
    "  17:41:12  ▶ loud",
    "hello",
    "  17:41:12  ✔ loud    0ms   next 17:42:12",
    "  17:41:12  ✔ short   50ms   next 17:42:12",
    "  17:41:12  ▶ long",
    "  17:41:12  ✔ long    300ms   next 17:42:12",
  ]);
});

test("a frequent job says once that its runs are only counted; what it prints then carries its name", async () => {
  const { clock, schedule, stdout, open } = stage({ columns: 100 });
  schedule.every(2).seconds.do(function tick() {
    stdout.write("a\nb\n");
  });
  open();
  await clock.advance("10 seconds");
  expect(stdout.screen.filter((line) => line.includes("--verbose"))).toEqual([
    "  17:40:18  · tick   runs often; from now on its successes are only counted (--verbose shows each)",
  ]);
  const named = stdout.screen.filter((line) => /\| [ab]$/.test(line));
  expect(named).toEqual(["tick | a", "tick | b", "tick | a", "tick | b"]);
});

test("where a row with a long name wraps, what comes next stays together", async () => {
  const { clock, schedule, stdout, open } = stage({ columns: 60 });
  schedule
    .every()
    .day.at("18:00")
    .named("给植物浇水并且检查温室里的温度")
    .do(() => clock.sleep("1 minute"));
  open();
  await clock.advance("22 minutes");
  expect(stdout.screen.slice(-3, -1)).toEqual([
    "  18:01:00  ✔ 给植物浇水并且检查温室里的温度   1m",
    "              next Mon 18:00",
  ]);
});

test("without jobs the screen says what to write", () => {
  const { stdout, open } = stage();
  open().close();
  expect(stdout.screen.slice(2)).toEqual([
    "",
    "  no jobs are registered; add one before run(), such as",
    '    every().day.at("09:00").do(backup);',
  ]);
});

test("in Chinese no English word is left that is no code", async () => {
  useLanguage("zh");
  onTestFinished(() => useLanguage("en"));
  const { clock, schedule, loop, stdout, open } = stage({ columns: 80 });
  schedule
    .every()
    .minute.named("检查")
    .do(() => {
      throw new Error("坏了");
    });
  schedule
    .every()
    .day.at("02:30")
    .named("备份")
    .do(() => clock.sleep("10 seconds"));
  open();
  await clock.advance("61 seconds");
  clock.setTo("2026-11-23T02:31:00+01:00");
  await clock.advance("32 seconds");
  const ended = loop.drain();
  await clock.advance("10 seconds");
  await ended;
  expect(stdout.screen.slice(7)).toMatchInlineSnapshot(`
    [
      "",
      "            Error: 坏了",
      "              at test/live/screen.test.ts:353:13",
      "",
      "              352 |     .do(() => {",
      "            > 353 |       throw new Error("坏了");",
      "                  |             ^",
      "              354 |     });",
      "",
      "            失败 1 次 · 其他任务不受影响",
      "            手动重试：npx tsx myjobs.ts run '检查'",
      "",
      "  02:31:29  ☾ 休眠 8小时49分钟 (17:41:13 → 02:31:29) · 错过 检查 17:42:12, 备份",
      "              02:30 · 各补跑 1 次",
      "  02:31:29  – 检查   错过 529 次，已合并到下一次运行",
      "  02:31:29  ▶ 备份   延迟 1分钟29秒",
      "  02:31:29  ✖ 检查   0ms   下次 02:32:12   同样的错误，第 2 次",
      "",
      "  正在停止 · 等待 备份（已运行 3秒） · 最多再等 30秒 · 再按 Ctrl-C 强制退出",
      "  02:31:39  ✔ 备份   10秒",
      "  运行 8小时51分钟后停止 · 运行 3 次 · 失败 2 次 · 错过 529 次",
    ]
  `);
});

test("runs that were due while a job was paused are shown when it is resumed", async () => {
  for (const [isTTY, line] of [
    [true, "  17:55:12  – priceCheck   3 skipped, the job was paused"],
    [false, "2026-11-22T17:55:12+01:00 skip  priceCheck 3 paused last=2026-11-22T17:55:00+01:00"],
  ] as const) {
    const { clock, schedule, stdout, open } = stage({ isTTY });
    const job = schedule.every(5).minutes.aligned().named("priceCheck").do(nothing);
    open();
    job.pause();
    await clock.advance("15 minutes");
    job.resume();
    expect(stdout.screen).toContain(line);
  }
});

test("a paused job shows that it is paused instead of its next run", () => {
  const { schedule, stdout, open } = stage();
  schedule.every().day.named("backup").do(nothing).pause();
  open();
  expect(stdout.screen.find((line) => line.includes("backup"))).toMatch(/every day +paused$/);
});
