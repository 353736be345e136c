import { bullmq } from "onthedot/bullmq";
import { expect, test } from "vitest";
import { findPeers, masked } from "../../src/engine/bullmq/redis.ts";
import { checkEngine } from "../../src/scheduler/engine-adapter.ts";
import { refusal } from "./shared.ts";

test.each([
  ["http://localhost:6379", "redis://localhost:6379"],
  ["localhost:6379", "redis://localhost:6379"],
  ["", undefined],
  ["redis://", undefined],
  ["redis://localhost:0", undefined],
  ["redis://localhost:99999", undefined],
  ["redis://localhost/jobs", "redis://localhost:6379/0"],
  ["redis://me:100%@localhost", undefined],
  [undefined, undefined],
  [6379, undefined],
])("the address %j is refused by the call that gets it, with the nearest one: %j", (url, nearest) => {
  const error = refusal(() => bullmq(url as string));
  expect(error.code).toBe("engine-url");
  expect(error.message).toContain("redis://");
  expect(error.nearest?.replaceAll('"', "")).toBe(nearest);
});

test("an address without anything secret is shown", () => {
  expect(refusal(() => bullmq("localhost:6379")).message).toContain('"localhost:6379"');
});

test.each([
  "rediss://:hun%ter2@host:port",
  "http://me:hunter2@host",
  "me:hunter2@host:6379",
  "redis//:hunter2/x@host",
  `redis://:hunter2${"x".repeat(100_000)}`,
  "http://localhost?password=hunter2",
  "redis://localhost/hunter2",
  "http://user:hun ter2@host hunter2",
  "redis:user:hunter2",
  "redis://user:hunter2",
  `redis://${"a".repeat(600)}:hunter2@`,
  { host: "localhost", password: "hunter2" },
  new URL("redis://:hunter2@localhost"),
  ["redis://u:hunter2@localhost"],
])("what is no address of a Redis is refused, and no password in it is shown: %#", (given) => {
  const error = refusal(() => bullmq(given as string));
  expect(error.message).toContain("Address of Redis");
  const engine = refusal(() => checkEngine({ url: given } as never));
  for (const text of [error.message, String(error.given), String(error.nearest), engine.message])
    expect(text).not.toMatch(/hunter2|hun%ter2/);
});

test("messages of Redis lose what stands before an @, and nothing else", () => {
  expect(masked("connect redis://me:hunter2@host:6379")).toMatch(/^connect (redis:\/\/)?\*\*\*@host:6379$/);
  expect(masked("connect redis://:hunter2@host:6379")).toMatch(/^connect (redis:\/\/)?\*\*\*@host:6379$/);
  const script = "Error running script, on @user_script:113";
  expect(masked(script)).toBe(script);
});

test.each([
  [{ queue: "a:b" }, "queue"],
  [{ queue: "" }, "queue"],
  [{ queue: "{x}" }, "queue"],
  [{ concurrency: 0 }, "concurrency"],
  [{ concurrency: 1.5 }, "concurrency"],
  [{ horizon: "1 second" }, "horizon"],
  [{ horizon: "2 hours" }, "horizon"],
  [{ queu: "x" }, "Did you mean queue?"],
  [7, "{ queue, concurrency, horizon }"],
])("the options %j are refused by the call that gets them", (options, message) => {
  expect(refusal(() => bullmq("redis://localhost", options as never)).message).toContain(message);
});

test("without BullMQ or its driver, or with an old one, the error says what to install", () => {
  const current = { Relay: class {}, Redis: class {} };
  const missing = (name: string) => (asked: string) => {
    if (asked === name)
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
    return current;
  };
  const old = (name: string) => (asked: string) => (asked === name ? { Queue: class {} } : current);
  for (const name of ["bullmq", "ioredis"]) {
    const error = refusal(() => findPeers(missing(name)));
    expect(error.code).toBe("peer-missing");
    expect(error.message).toContain(name);
    expect(error.message).toContain("npm install bullmq ioredis");
    expect(refusal(() => findPeers(old(name))).message).toContain(`The installed ${name} is too old`);
  }
  expect(() => findPeers(() => JSON.parse("{"))).toThrow(SyntaxError);
});
