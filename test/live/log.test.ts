import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { nothing } from "../scheduler/stores.ts";
import { errorAt, stage } from "./stage.ts";

const day = async (options: Parameters<typeof stage>[0]) => {
  const { clock, schedule, loop, stdout, open } = stage({ isTTY: false, ...options });
  const { error, file } = errorAt("a\nb\nc\n  offer.price\n", 4, 9);
  let checks = 0;
  schedule
    .every(15)
    .minutes.aligned()
    .do(function priceCheck() {
      if (++checks > 1) throw error;
      stdout.write("PS5 449 €\n");
    });
  schedule.every().day.at("02:30").named("backup photos").do(nothing);
  const viewer = open();
  await clock.advance("21 minutes");
  clock.setTo("2026-11-23T07:58:01+01:00");
  await clock.advance("32 seconds");
  await loop.drain();
  viewer.close();
  return stdout.raw.replaceAll(file, "/tmp/myjobs.ts");
};

test("piped, there are lines with the time and its offset, and no escape sequence", async () => {
  expect(await day({})).toMatchInlineSnapshot(`
    "2026-11-22T17:40:12+01:00 start jobs=2 zone=Europe/Berlin next=priceCheck@2026-11-22T17:45:00+01:00
    2026-11-22T17:45:00+01:00 run   priceCheck
    PS5 449 €
    2026-11-22T17:45:00+01:00 ok    priceCheck 0ms next=2026-11-22T18:00:00+01:00
    2026-11-22T18:00:00+01:00 run   priceCheck
    2026-11-22T18:00:00+01:00 fail  priceCheck 0ms next=2026-11-22T18:15:00+01:00 TypeError: Cannot read properties of undefined (reading 'price') at /tmp/myjobs.ts:4
    2026-11-23T07:58:19+01:00 clockJumped asleep 13h 56m, missed priceCheck 18:15, backup photos 02:30, catching up each once
    2026-11-23T07:58:19+01:00 miss  priceCheck 54 coalesced last=2026-11-23T07:30:00+01:00
    2026-11-23T07:58:19+01:00 run   priceCheck late=13m19s
    2026-11-23T07:58:19+01:00 fail  priceCheck 0ms next=2026-11-23T08:00:00+01:00 TypeError: Cannot read properties of undefined (reading 'price') at /tmp/myjobs.ts:4 (same error, 2nd time)
    2026-11-23T07:58:24+01:00 run   "backup photos" late=5h28m
    2026-11-23T07:58:24+01:00 ok    "backup photos" 0ms next=2026-11-24T02:30:00+01:00
    2026-11-23T07:58:33+01:00 end   after=14h18m runs=4 failed=2 missed=54
    "
  `);
});

test("a clock that is set while the script runs does not change how long it ran", async () => {
  const { clock, schedule, loop, stdout, open } = stage({ isTTY: false });
  schedule.every(15).minutes.named("poll").do(nothing);
  const viewer = open();
  await clock.advance("20 minutes");
  clock.setTo("2026-11-22T09:00:00+01:00");
  await clock.advance("20 minutes");
  await loop.drain();
  viewer.close();
  expect(stdout.raw).toMatch(/ end {3}after=40m runs=2 /);
});

test("under the journal of systemd the time is left out", async () => {
  const lines = (await day({ env: { JOURNAL_STREAM: "8:123" } })).split("\n");
  expect(lines[0]).toBe("start jobs=2 zone=Europe/Berlin next=priceCheck@2026-11-22T17:45:00+01:00");
  expect(lines[1]).toBe("run   priceCheck");
});

for (const [name, options] of [
  ["in CI", { isTTY: true, env: { CI: "true" } }],
  ["on a dumb terminal", { isTTY: true, env: { TERM: "dumb" } }],
] as const)
  test(`${name} the same lines`, async () => {
    const messages = await day(options);
    expect(stripVTControlCharacters(messages)).toMatch(/^2026-11-22T17:40:12\+01:00 start jobs=2/m);
    expect(messages).not.toContain("\x1b[J");
    if ("TERM" in options.env) expect(messages).not.toContain("\x1b");
  });

test("JSON has one object a line, and nothing a terminal obeys", async () => {
  const lines = (await day({ isJson: true })).split("\n").filter((line) => line !== "");
  const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(objects.map(({ event }) => event)).toEqual([
    "opened",
    "started",
    "output",
    "succeeded",
    "started",
    "failed",
    "clockJumped",
    "missed",
    "started",
    "failed",
    "started",
    "succeeded",
    "stopping",
    "stopped",
  ]);
  expect(objects.slice(0, 5)).toMatchInlineSnapshot(`
    [
      {
        "event": "opened",
        "jobs": [
          {
            "job": "priceCheck",
            "next": "2026-11-22T17:45:00+01:00",
            "when": "every 15 minutes, aligned to the clock",
          },
          {
            "job": "backup photos",
            "next": "2026-11-23T02:30:00+01:00",
            "when": "every day at 02:30",
          },
        ],
        "time": "2026-11-22T17:40:12+01:00",
        "zone": "Europe/Berlin",
      },
      {
        "attempt": 1,
        "event": "started",
        "job": "priceCheck",
        "lateMs": 0,
        "scheduled": "2026-11-22T17:45:00+01:00",
        "time": "2026-11-22T17:45:00+01:00",
      },
      {
        "event": "output",
        "job": "priceCheck",
        "text": "PS5 449 €",
        "time": "2026-11-22T17:45:00+01:00",
      },
      {
        "attempts": 1,
        "ended": "2026-11-22T17:45:00+01:00",
        "event": "succeeded",
        "job": "priceCheck",
        "next": "2026-11-22T18:00:00+01:00",
        "outcome": "succeeded",
        "scheduled": "2026-11-22T17:45:00+01:00",
        "started": "2026-11-22T17:45:00+01:00",
        "time": "2026-11-22T17:45:00+01:00",
        "tookMs": 0,
      },
      {
        "attempt": 1,
        "event": "started",
        "job": "priceCheck",
        "lateMs": 0,
        "scheduled": "2026-11-22T18:00:00+01:00",
        "time": "2026-11-22T18:00:00+01:00",
      },
    ]
  `);
});

test("success of a job that runs often is announced once, then counted once a minute; what it prints carries its name", async () => {
  const { clock, schedule, stdout, open } = stage({ isTTY: false });
  schedule.every(2).seconds.do(function tick() {
    stdout.write("a\nb\n");
  });
  open();
  await clock.advance("3 minutes");
  expect(stdout.screen.filter((line) => line.includes("--verbose"))).toEqual([
    "2026-11-22T17:40:18+01:00 count tick runs often; from now on its successes are only counted (--verbose shows each)",
  ]);
  const printed = stdout.screen.filter((line) => /\b[ab]$/.test(line));
  expect(printed.slice(0, 8)).toEqual(["a", "b", "a", "b", "a", "b", "tick | a", "tick | b"]);
  expect(printed).toHaveLength(180);
  expect(stdout.screen.filter((line) => line.includes(" ok "))).toMatchInlineSnapshot(`
    [
      "2026-11-22T17:40:14+01:00 ok    tick 0ms next=2026-11-22T17:40:16+01:00",
      "2026-11-22T17:40:16+01:00 ok    tick 0ms next=2026-11-22T17:40:18+01:00",
      "2026-11-22T17:41:18+01:00 ok    tick x31 since=2026-11-22T17:40:18+01:00",
      "2026-11-22T17:42:20+01:00 ok    tick x31 since=2026-11-22T17:41:20+01:00",
    ]
  `);
});

test("a line that a job left half written is ended before ours begins", async () => {
  const { clock, schedule, stdout, open } = stage({ isTTY: false });
  schedule.every().minute.do(function dots() {
    stdout.write("...");
  });
  open();
  await clock.advance("1 minute");
  expect(stdout.screen.slice(1)).toEqual([
    "2026-11-22T17:41:12+01:00 run   dots",
    "...",
    "2026-11-22T17:41:12+01:00 ok    dots 0ms next=2026-11-22T17:42:12+01:00",
  ]);
});

test("hostile names are text in lines and in JSON", async () => {
  for (const isJson of [false, true]) {
    const { clock, schedule, stdout, open } = stage({ isTTY: false, isJson });
    schedule
      .every()
      .minute.named("\x1b[2J\r\n\x9b31m\u202e")
      .do(() => {
        throw new Error("\x1b]0;title\x07");
      });
    open();
    await clock.advance("1 minute");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not come
    expect(stdout.raw.replaceAll("\n", "")).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
    if (isJson)
      expect(
        stdout.raw
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))[1],
      ).toMatchObject({ job: "\x1b[2J\r\n\x9b31m\u202e" });
  }
});
