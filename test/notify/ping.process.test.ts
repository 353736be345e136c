import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createScheduler } from "../../src/create.ts";
import { readPing } from "../../src/fluent/arguments.ts";
import type { Notices, Task } from "../../src/job.ts";
import { pingWatchers } from "../../src/notify/ping.ts";
import { usualPolicies } from "../../src/policy/policies.ts";
import { interval } from "../../src/recurrence/build.ts";
import { SchedulerCore } from "../../src/scheduler/scheduler.ts";
import { memoryStore } from "../../src/store/memory.ts";
import type { Milliseconds } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { utc } from "../../src/time/zone.ts";

interface Deferred {
  readonly path: string;
  readonly body: string;
}

let server: Server;
let received: Deferred[];
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

afterEach(() => new Promise((go) => server.close(go)));

const start = (task: Task, notices: Notices, name = "backup") => {
  const clock = new VirtualClock("2026-11-22T16:40:00Z");
  const scheduler = new SchedulerCore({ clock, zone: utc, store: memoryStore() });
  const stop = pingWatchers(scheduler.events);
  const warnings: string[] = [];
  scheduler.listen("warning", ({ message }) => warnings.push(message));
  const job = scheduler.register({
    recurrence: interval(60_000 as Milliseconds),
    source: "every().minute",
    name,
    tags: [],
    policies: usualPolicies,
    now: false,
    notices,
    task,
    args: [],
  });
  const minute = async () => {
    await clock.advance("1 minute");
    await scheduler.runPending();
    await scheduler.events.settled();
  };
  return { scheduler, job, minute, warnings, stop };
};

test("a watcher hears of the beginning and of success, in order, with how long it took", async () => {
  const { minute } = start(() => {}, { ping: readPing(address) });
  await minute();
  expect(received).toEqual([
    { path: "/abc/start", body: "" },
    { path: "/abc", body: "took 0 seconds" },
  ]);
});

test("a failure is sent to /fail with its reason, and the job continues", async () => {
  const { minute } = start(
    () => {
      throw new RangeError("no price");
    },
    { ping: readPing(address, { start: false }) },
  );
  await minute();
  await minute();
  expect(received).toEqual([
    { path: "/abc/fail", body: "failed after 0 seconds\nRangeError: no price" },
    { path: "/abc/fail", body: "failed after 0 seconds\nRangeError: no price" },
  ]);
});

test("the beginning and the end of one run carry one number, another run another one", async () => {
  const numbers: string[] = [];
  server.prependListener("request", ({ url }: { url?: string }) => numbers.push(url?.split("rid=")[1] ?? ""));
  const { minute } = start(() => {}, { ping: readPing(`${address}?a=1`) });
  await minute();
  await minute();
  expect(numbers[0]).toBe(numbers[1]);
  expect(numbers[2]).toBe(numbers[3]);
  expect(numbers[0]).not.toBe(numbers[2]);
  expect(received[0]?.path).toMatch(/^\/abc\/start\?a=1&rid=/);
});

test("a watcher that refuses is reported once, until it answers again; no run is lost", async () => {
  answer = () => 404;
  let runs = 0;
  const { minute, warnings, job } = start(() => void runs++, { ping: readPing(address, { start: false }) });
  await minute();
  await minute();
  expect(warnings).toEqual([
    `the ping of backup was not delivered: ${new URL(address).host}: the server answered 404`,
  ]);
  answer = () => 200;
  await minute();
  answer = () => 404;
  await minute();
  expect(warnings).toHaveLength(2);
  expect(runs).toBe(4);
  expect(job.history().map(({ outcome }) => outcome)).toEqual(Array(4).fill("succeeded"));
});

test("what goes wrong on the way is tried a second time", async () => {
  let tries = 0;
  answer = () => (++tries === 1 ? 503 : 200);
  const { minute, warnings } = start(() => {}, { ping: readPing(address, { start: false }) });
  await minute();
  expect(received).toHaveLength(2);
  expect(warnings).toEqual([]);
});

test("a connection that is cut, and a machine that is not there, fail no job", async () => {
  answer = () => "never";
  const { minute, warnings, job } = start(() => {}, { ping: readPing(address) });
  await minute();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).not.toContain("/abc");
  expect(job.history()[0]?.outcome).toBe("succeeded");
});

test("a job that runs often does not pile up pings for a slow watcher", async () => {
  const waiting: (() => void)[] = [];
  const clock = new VirtualClock("2026-11-22T16:40:00Z");
  const scheduler = new SchedulerCore({ clock, zone: utc, store: memoryStore() });
  let sent = 0;
  pingWatchers(scheduler.events, {
    deliver: () => {
      sent++;
      return new Promise((go) => waiting.push(go));
    },
  });
  scheduler.register({
    recurrence: interval(1_000 as Milliseconds),
    source: "",
    name: "tick",
    tags: [],
    policies: usualPolicies,
    now: false,
    notices: { ping: readPing(address) },
    task: () => {},
    args: [],
  });
  for (let i = 0; i < 100; i++) {
    await clock.advance("1 second");
    await scheduler.runPending();
  }
  while (waiting.length > 0) {
    waiting.shift()!();
    await new Promise((go) => setImmediate(go));
  }
  expect(sent).toBe(20);
});

test("names with control characters and markup are sent as text, never as part of the address", async () => {
  const name = '<script>alert("1")</script>\r\nX-Evil: 1\u001b[31m%0d%0a';
  const { minute, warnings } = start(() => {}, { ping: readPing(address) }, name);
  await minute();
  expect(warnings).toEqual([]);
  expect(received.map(({ path }) => path)).toEqual(["/abc/start", "/abc"]);
});

test("addresses are http or https alone", () => {
  for (const url of [
    "ftp://a/b",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "hc-ping.com/x",
    "",
    "data:text/plain,x",
  ])
    expect(() => readPing(url), url).toThrow(expect.objectContaining({ code: "ping" }));
  expect(readPing("https://hc-ping.com/x")).toEqual({ url: "https://hc-ping.com/x", start: true });
  expect(() => readPing("https://a", { start: 1 as never })).toThrow(
    expect.objectContaining({ code: "options" }),
  );
});

test("nothing is sent once it is stopped", async () => {
  const { minute, stop } = start(() => {}, { ping: readPing(address) });
  stop();
  await minute();
  expect(received).toEqual([]);
});

test("a listener whose promise is rejected is reported, and changes nothing", async () => {
  const warned = vi.spyOn(console, "error").mockImplementation(() => {});
  const { minute, scheduler, job } = start(() => {}, {});
  scheduler.listen("succeeded", () => Promise.reject(new Error("no disk")));
  await minute();
  expect(warned).toHaveBeenCalledWith('onthedot: a listener of "succeeded" threw', new Error("no disk"));
  expect(job.history()).toHaveLength(1);
  warned.mockRestore();
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
