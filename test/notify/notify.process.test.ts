import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createScheduler } from "onthedot";
import { afterEach, expect, test, vi } from "vitest";
import { readNotify } from "../../src/fluent/arguments.ts";
import type { Notify, Task } from "../../src/job.ts";
import { desktopCall, notifyPeople, showOnDesktop } from "../../src/notify/notify.ts";
import type { Letter } from "../../src/notify/ping.ts";
import { usualPolicies } from "../../src/policy/policies.ts";
import { interval } from "../../src/recurrence/build.ts";
import { SchedulerCore } from "../../src/scheduler/scheduler.ts";
import { memoryStore } from "../../src/store/memory.ts";
import type { Milliseconds } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { utc } from "../../src/time/zone.ts";

const hostile = '"; rm -rf ~; <script>alert(1)</script> `id` $(id) %s\u0007\u001b]0;x\u0007\nsecond line';

/** Runs a job once and gives what was sent. */
const messages = async (task: Task, notify: readonly Notify[], name = "backup") => {
  const clock = new VirtualClock("2026-11-22T16:40:00Z");
  const scheduler = new SchedulerCore({ clock, zone: utc, store: memoryStore() });
  const [letters, shown, warnings]: [Letter[], string[][], string[]] = [[], [], []];
  let rings = 0;
  notifyPeople(scheduler.events, {
    deliver: async (letter) => void letters.push(letter),
    show: async (title, text) => void shown.push([title, text]),
    ring: () => rings++,
  });
  scheduler.listen("warning", ({ message }) => warnings.push(message));
  scheduler.register({
    recurrence: interval(1_000 as Milliseconds),
    source: "",
    name,
    tags: [],
    policies: usualPolicies,
    now: false,
    notices: { notify },
    task,
    args: [],
  });
  await clock.advance("1 second");
  await scheduler.runPending();
  await scheduler.events.settled();
  return { letters, shown, warnings, rings };
};

const fail = () => {
  throw new Error("disk full");
};

test("a failure is reported on the desktop and by the bell; success is not, unless it is asked for", async () => {
  const both = [readNotify(), readNotify("bell")];
  const failed = await messages(fail, both);
  expect(failed.shown).toEqual([["backup failed", "Error: disk full\nafter 0 seconds"]]);
  expect(failed.rings).toBe(1);
  expect((await messages(() => {}, both)).shown).toEqual([]);
  const succeeded = await messages(() => {}, [
    readNotify("desktop", { on: "end" }),
    readNotify("bell", { on: "success" }),
  ]);
  expect(succeeded.shown).toEqual([["backup succeeded", "took 0 seconds"]]);
  expect(succeeded.rings).toBe(1);
  expect((await messages(fail, [readNotify("bell", { on: "success" })])).rings).toBe(0);
});

test("ntfy gets text, its title in ASCII; other addresses JSON that chats understand", async () => {
  const { letters } = await messages(
    fail,
    [readNotify("https://ntfy.sh/topic"), readNotify("https://hooks.example/1")],
    "浇花",
  );
  expect(letters[0]).toEqual({
    url: "https://ntfy.sh/topic",
    body: "Error: disk full\nafter 0 seconds",
    headers: {
      "content-type": "text/plain; charset=utf-8",
      title: `=?UTF-8?B?${Buffer.from("浇花 failed").toString("base64")}?=`,
      tags: "warning",
      priority: "high",
    },
  });
  expect(JSON.parse(letters[1]!.body)).toMatchObject({
    text: "浇花 failed\nError: disk full\nafter 0 seconds",
    content: "浇花 failed\nError: disk full\nafter 0 seconds",
    job: "浇花",
    outcome: "failed",
    error: "Error: disk full",
  });
});

test("a name that would break a header does not", async () => {
  const { letters } = await messages(fail, [readNotify("https://ntfy.sh/topic")], hostile);
  expect(letters[0]!.headers.title).toMatch(/^[\x20-\x7e]*$/);
});

test("no shell sees a name: it is an argument, or stands in the environment", () => {
  const linux = desktopCall("linux", hostile, hostile);
  expect(linux.args.slice(0, 3)).toEqual(["--app-name=onthedot", "--", hostile]);
  expect(linux.args[3]).not.toContain("<script>");
  expect(desktopCall("darwin", hostile, "x").args.slice(2)).toEqual([hostile, "x"]);
  const windows = desktopCall("win32", hostile, "x");
  expect(windows.args.join(" ")).not.toContain("rm -rf");
  expect(windows.env).toEqual({ ONTHEDOT_TITLE: hostile, ONTHEDOT_TEXT: "x" });
});

const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

test.runIf(process.platform === "linux")(
  "notify-send gets title and text as they are, without control characters",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "onthedot-"));
    writeFileSync(join(folder, "notify-send"), `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/args\n`);
    chmodSync(join(folder, "notify-send"), 0o755);
    process.env.PATH = `${folder}${delimiter}${path}`;
    await showOnDesktop("backup failed", hostile);
    const args = readFileSync(join(folder, "args"), "utf8").split("\n");
    expect(args.slice(0, 3)).toEqual(["--app-name=onthedot", "--", "backup failed"]);
    expect(args.slice(3, 5)).toEqual([
      '"; rm -rf ~; &lt;script&gt;alert(1)&lt;/script&gt; `id` $(id) %s\ufffd\ufffd]0;x\ufffd',
      "second line",
    ]);
  },
);

test.runIf(process.platform === "linux")(
  "a desktop that cannot be reached is a warning, once, and no failure",
  async () => {
    process.env.PATH = mkdtempSync(join(tmpdir(), "onthedot-"));
    await expect(showOnDesktop("a", "b")).rejects.toThrow("notify-send is not installed");
  },
);

test("what is not a place to tell anybody is refused, with the nearest that is", () => {
  expect(() => readNotify("dektop")).toThrow(
    expect.objectContaining({ code: "notify", nearest: '"desktop"' }),
  );
  expect(() => readNotify("ftp://a")).toThrow(expect.objectContaining({ code: "notify" }));
  expect(() => readNotify("bell", { on: "failures" as never })).toThrow(
    expect.objectContaining({ nearest: '"failure"' }),
  );
});

test("the bell rings on a terminal alone", async () => {
  const wrote = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const clock = new VirtualClock(0);
  const scheduler = new SchedulerCore({ clock, zone: utc, store: memoryStore() });
  notifyPeople(scheduler.events);
  scheduler.register({
    recurrence: interval(1_000 as Milliseconds),
    source: "",
    tags: [],
    policies: usualPolicies,
    now: false,
    notices: { notify: [readNotify("bell", { on: "end" })] },
    task: () => {},
    args: [],
  });
  const was = process.stderr.isTTY;
  for (const isTTY of [false, true]) {
    process.stderr.isTTY = isTTY;
    await clock.advance("1 second");
    await scheduler.runPending();
  }
  process.stderr.isTTY = was;
  expect(wrote.mock.calls).toEqual([["\u0007"]]);
  wrote.mockRestore();
});

test("a reminder is reported with its text when its run is due, and a failed delivery is a warning", async () => {
  const reminder = [{ ...readNotify("desktop", { on: "success" }), text: "Drink water" }];
  const { shown } = await messages(() => {}, reminder, "Drink water");
  expect(shown).toEqual([["Drink water", "Drink water"]]);
  const { letters } = await messages(
    () => {},
    [{ ...readNotify("https://hooks.example/x", { on: "success" }), text: "Drink water" }],
    "water",
  );
  expect(JSON.parse(letters[0]!.body)).toMatchObject({ text: "water\nDrink water", job: "water" });
});

test("remind names its job after its text, and runs like any other", async () => {
  const clock = new VirtualClock("2026-11-22T16:40:00Z");
  const { every, start, stop } = createScheduler({ clock, zone: "UTC" });
  const job = every(90).minutes.remind("Drink water", "bell");
  start();
  await clock.advance("91 minutes");
  expect([job.name, job.history().map(({ outcome }) => outcome)]).toEqual(["Drink water", ["succeeded"]]);
  expect(() => every().hour.remind("")).toThrow("Text of a reminder");
  expect(() => every().hour.remind("tea", "dekstop")).toThrow('Did you mean "desktop"');
  await stop();
});

test("notify tells at once, and rejects what it cannot deliver", async () => {
  const { notify } = createScheduler();
  const letters: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (text: string) => letters.push(text));
    request.on("end", () => response.writeHead(letters.length > 1 ? 500 : 200).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await notify("Drink water", url);
  expect(JSON.parse(letters[0]!)).toMatchObject({ title: "onthedot", text: "onthedot\nDrink water" });
  await expect(notify("Drink water", url)).rejects.toThrow();
  await expect(notify("Drink water", "dekstop")).rejects.toThrow('Did you mean "desktop"');
  server.close();
});
