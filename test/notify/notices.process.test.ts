import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createScheduler } from "onthedot";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readNotify, readPing } from "../../src/fluent/arguments.ts";
import type { Definition, Task } from "../../src/job.ts";
import { sendNotices } from "../../src/notify/notices.ts";
import {
  awakeCall,
  desktopCall,
  type Hold,
  type Letter,
  type Outlets,
  showOnDesktop,
} from "../../src/notify/notify.ts";
import { usualPolicies } from "../../src/policy/policies.ts";
import { interval } from "../../src/recurrence/build.ts";
import { entryOf } from "../../src/scheduler/job.ts";
import { SchedulerCore } from "../../src/scheduler/scheduler.ts";
import { memoryStore } from "../../src/store/memory.ts";
import type { Milliseconds } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { utc } from "../../src/time/zone.ts";

let server: Server;
let received: { readonly path: string; readonly body: string }[];
let answer: (path: string) => number | "never";
let address: string;

beforeEach(async () => {
  received = [];
  answer = () => 200;
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = request.url ?? "";
    received.push({ path: path.replace(/\?rid=[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, ""), body });
    const status = answer(path);
    if (status === "never") request.socket.destroy();
    else response.writeHead(status).end("ok");
  });
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/abc`;
});

const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
  return new Promise((go) => server.close(go));
});

/** A job that runs every minute, and what its notices do. */
const start = (task: Task, asks: Partial<Definition>, outlets: Outlets = {}, name = "backup") => {
  const clock = new VirtualClock("2026-11-22T16:40:00Z");
  const scheduler = new SchedulerCore({ clock, zone: utc, store: memoryStore() });
  const [warnings, shown]: [string[], string[][]] = [[], []];
  let rings = 0;
  sendNotices(scheduler.events, {
    show: async (title, text) => void shown.push([title, text]),
    ring: () => rings++,
    ...outlets,
  });
  scheduler.events.listen("warning", ({ message }) => warnings.push(message));
  const job = scheduler.register({
    recurrence: interval(60_000 as Milliseconds),
    source: "every().minute",
    name,
    tags: [],
    policies: usualPolicies,
    now: false,
    task,
    args: [],
    ...asks,
  });
  const minute = async () => {
    await clock.advance("1 minute");
    await scheduler.runPending();
    await scheduler.events.settled();
  };
  return { clock, scheduler, job, minute, warnings, shown, rings: () => rings };
};

/** The same for one run, with letters that are kept instead of sent. */
const once = async (task: Task, notify: readonly ReturnType<typeof readNotify>[], name?: string) => {
  const letters: Letter[] = [];
  const deliver = async (letter: Letter) => void letters.push(letter);
  const { minute, shown, rings } = start(task, { notices: { notify } }, { deliver }, name);
  await minute();
  return { letters, shown, rings: rings() };
};

const fail = () => {
  throw new RangeError("no price");
};
const ping = (options?: Parameters<typeof readPing>[1], url = address) => ({
  notices: { ping: readPing(url, options) },
});
const hostile =
  '"; rm -rf ~; <script>alert(1)</script> `id` $(id) %s%0d%0a\u0007\u001b]0;x\u0007\nsecond line';

test("a watcher receives the start and the success in order, with how long it took", async () => {
  const { minute, warnings } = start(() => {}, ping(), {}, hostile);
  await minute();
  // A name is never part of the address.
  expect(received).toEqual([
    { path: "/abc/start", body: "" },
    { path: "/abc", body: "took 0 seconds" },
  ]);
  expect(warnings).toEqual([]);
});

test("a failure is sent to /fail with its reason, and the job continues", async () => {
  const { minute } = start(fail, ping({ start: false }));
  await minute();
  await minute();
  const body = "failed after 0 seconds\nRangeError: no price";
  expect(received).toEqual(Array(2).fill({ path: "/abc/fail", body }));
});

test("the start and the end of one run carry one number, another run another one", async () => {
  const numbers: string[] = [];
  server.prependListener("request", ({ url }: { url?: string }) => numbers.push(url?.split("rid=")[1] ?? ""));
  const { minute } = start(() => {}, ping({}, `${address}?a=1`));
  await minute();
  await minute();
  expect(numbers[0]).toBe(numbers[1]);
  expect(numbers[2]).toBe(numbers[3]);
  expect(numbers[0]).not.toBe(numbers[2]);
  expect(received[0]?.path).toMatch(/^\/abc\/start\?a=1&rid=/);
});

test("a watcher that rejects pings is one warning until it answers again; no run is lost", async () => {
  const { minute, warnings, job } = start(() => {}, ping({ start: false }));
  for (const status of [404, 404, 200, 404]) {
    answer = () => status;
    await minute();
  }
  const warning = `the ping of backup was not delivered: ${new URL(address).host}: the server answered 404`;
  expect(warnings).toEqual([warning, warning]);
  expect(job.history().map(({ outcome }) => outcome)).toEqual(Array(4).fill("succeeded"));
});

test("an error of the server is retried, and a connection that is cut fails no job", async () => {
  let tries = 0;
  answer = () => (++tries === 1 ? 503 : 200);
  const { minute, warnings, job } = start(() => {}, ping({ start: false }));
  await minute();
  expect([received.length, warnings]).toEqual([2, []]);
  answer = () => "never";
  await minute();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).not.toContain("/abc");
  expect(job.history().map(({ outcome }) => outcome)).toEqual(["succeeded", "succeeded"]);
});

test("a job that runs often does not pile up pings for a slow watcher", async () => {
  const waiting: (() => void)[] = [];
  let sent = 0;
  const deliver = () => {
    sent++;
    return new Promise<void>((go) => waiting.push(go));
  };
  const { clock, scheduler } = start(() => {}, ping(), { deliver });
  await import("../../src/notify/notify.ts");
  for (let i = 0; i < 50; i++) {
    await clock.advance("1 minute");
    await scheduler.runPending();
  }
  for (; waiting.length > 0; await new Promise((go) => setImmediate(go))) waiting.shift()!();
  expect(sent).toBe(20);
});

test("addresses are http or https alone", () => {
  for (const url of [
    "ftp://a/b",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "hc-ping.com/x",
    "",
    "data:,x",
  ])
    expect(() => readPing(url), url).toThrow(expect.objectContaining({ code: "ping" }));
  expect(readPing("https://hc-ping.com/x")).toEqual({ url: "https://hc-ping.com/x", start: true });
  expect(() => readPing("https://a", { start: 1 as never })).toThrow(
    expect.objectContaining({ code: "options" }),
  );
});

test("a listener whose promise is rejected is reported, and changes nothing", async () => {
  const reported = vi.spyOn(console, "error").mockImplementation(() => {});
  const { minute, scheduler, job } = start(() => {}, {});
  scheduler.events.listen("succeeded", () => Promise.reject(new Error("no disk")));
  await minute();
  expect(reported).toHaveBeenCalledWith('onthedot: a listener of "succeeded" threw', new Error("no disk"));
  expect(job.history()).toHaveLength(1);
  reported.mockRestore();
});

test("a job registered by its chain is pinged without anything else to do, and nothing is lost at the end", async () => {
  const clock = new VirtualClock("2026-11-22T16:40:00Z");
  const { every, start: begin, stop } = createScheduler({ clock, zone: "UTC" });
  every()
    .minute.ping(address)
    .named("backup")
    .do(() => {});
  begin();
  await clock.advance("1 minute");
  await stop();
  expect(received.map(({ path }) => path)).toEqual(["/abc/start", "/abc"]);
});

test("a failure is shown on the desktop and rings the bell; success does not, unless it is asked for", async () => {
  const both = [readNotify(), readNotify("bell")];
  expect(await once(fail, both)).toMatchObject({
    shown: [["backup failed", "RangeError: no price\nafter 0 seconds"]],
    rings: 1,
  });
  expect(await once(() => {}, both)).toMatchObject({ shown: [], rings: 0 });
  const asked = [readNotify("desktop", { on: "end" }), readNotify("bell", { on: "success" })];
  expect(await once(() => {}, asked)).toMatchObject({
    shown: [["backup succeeded", "took 0 seconds"]],
    rings: 1,
  });
  expect((await once(fail, asked)).rings).toBe(0);
});

test("ntfy gets text, its title in ASCII; other addresses JSON that chats understand", async () => {
  const places = [readNotify("https://ntfy.sh/topic"), readNotify("https://hooks.example/1")];
  const { letters } = await once(fail, places, "浇花");
  const text = "RangeError: no price\nafter 0 seconds";
  expect(letters[0]).toEqual({
    url: "https://ntfy.sh/topic",
    body: text,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      title: `=?UTF-8?B?${Buffer.from("浇花 failed").toString("base64")}?=`,
      tags: "warning",
      priority: "high",
    },
  });
  const message = `浇花 failed\n${text}`;
  expect(JSON.parse(letters[1]!.body)).toMatchObject({
    text: message,
    content: message,
    job: "浇花",
    outcome: "failed",
    error: "RangeError: no price",
  });
  const [letter] = (await once(fail, places, hostile)).letters;
  expect(letter!.headers.title).toMatch(/^[\x20-\x7e]*$/);
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

test.runIf(process.platform === "linux")(
  "notify-send gets title and text without control characters; without it, showing is rejected",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "onthedot-"));
    process.env.PATH = folder;
    await expect(showOnDesktop("a", "b")).rejects.toThrow("notify-send is not installed");
    writeFileSync(join(folder, "notify-send"), `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/args\n`);
    chmodSync(join(folder, "notify-send"), 0o755);
    process.env.PATH = `${folder}${delimiter}${PATH}`;
    await showOnDesktop("backup failed", hostile);
    expect(readFileSync(join(folder, "args"), "utf8").split("\n").slice(0, 5)).toEqual([
      "--app-name=onthedot",
      "--",
      "backup failed",
      '"; rm -rf ~; &lt;script&gt;alert(1)&lt;/script&gt; `id` $(id) %s%0d%0a\ufffd\ufffd]0;x\ufffd',
      "second line",
    ]);
  },
);

test("an unknown place for notifications is rejected with the nearest known one", () => {
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
  const notices = { notify: [readNotify("bell", { on: "end" })] };
  const { minute } = start(() => {}, { notices }, { ring: undefined as never });
  const was = process.stderr.isTTY;
  for (const isTTY of [false, true]) {
    process.stderr.isTTY = isTTY;
    await minute();
  }
  process.stderr.isTTY = was;
  expect(wrote.mock.calls).toEqual([["\u0007"]]);
  wrote.mockRestore();
});

test("a reminder is delivered with its text when its run is due", async () => {
  const reminder = (to: string) => [{ ...readNotify(to, { on: "success" }), text: "Drink water" }];
  expect((await once(() => {}, reminder("desktop"), "Drink water")).shown).toEqual([
    ["Drink water", "Drink water"],
  ]);
  const { letters } = await once(() => {}, reminder("https://hooks.example/x"), "water");
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

test("notify delivers at once, and rejects what it cannot deliver", async () => {
  const { notify } = createScheduler();
  await notify("Drink water", address);
  expect(JSON.parse(received[0]!.body)).toMatchObject({ title: "onthedot", text: "onthedot\nDrink water" });
  answer = () => 500;
  await expect(notify("Drink water", address)).rejects.toThrow("answered 500");
  await expect(notify("Drink water", "dekstop")).rejects.toThrow('Did you mean "desktop"');
});

/** Two jobs that ask to be kept awake and overlap, and one that does not, in two minutes. */
const twoMinutes = async (platform: NodeJS.Platform, hold: Hold) => {
  const long = (seconds: number) => () => clock.sleep(`${seconds} seconds`);
  const { clock, scheduler, warnings, job } = start(
    () => long(10)(),
    { keepsAwake: true },
    { platform, hold },
  );
  const { definition } = entryOf(job)!;
  scheduler.register({ ...definition, name: "b", task: long(20) });
  scheduler.register({ ...definition, name: "c", keepsAwake: false, task: long(30) });
  for (let i = 0; i < 2; i++) {
    await clock.advance("1 minute");
    await Promise.all([scheduler.runPending(), clock.advance("40 seconds")]);
    await scheduler.events.settled();
  }
  return warnings;
};

test("sleep is held off from the first start to the last end, and again the next time", async () => {
  const log: string[] = [];
  const warnings = await twoMinutes("linux", ({ file, args }) => {
    log.push(`${file} ${args[2]}`);
    return () => log.push("released");
  });
  const both = ["systemd-inhibit --why=backup", "released"];
  expect([log, warnings]).toEqual([[...both, ...both], []]);
});

test("where sleep cannot be held off, one warning is given", async () => {
  const failed = (why: string) => [`.keepAwake() cannot hold off sleep: ${why}`];
  expect(await twoMinutes("win32", () => () => {})).toEqual(failed("there is no program for it on win32"));
  const missing = "systemd-inhibit is not installed";
  const hold: Hold = (_, fail) => {
    fail(missing);
    return () => {};
  };
  expect(await twoMinutes("linux", hold)).toEqual(failed(missing));
});

test("what holds off sleep ends with this process", () => {
  expect(awakeCall("darwin", 42, "backup")).toEqual({ file: "caffeinate", args: ["-i", "-s", "-w", "42"] });
  expect(awakeCall("linux", 42, "backup")?.args.slice(4)).toEqual(["tail", "--pid=42", "-f", "/dev/null"]);
  expect(awakeCall("aix", 42, "backup")).toBeUndefined();
  // What is waited with ends when the process has ended.
  expect(spawnSync("tail", ["--pid=999999999", "-f", "/dev/null"], { timeout: 20_000 }).status).toBe(0);
});
