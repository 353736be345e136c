import { createScheduler, type Job } from "onthedot";
import { VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import { taskErrorLines } from "../../src/report/failure.ts";
import { styleOf } from "../../src/terminal/style.ts";
import { buildersAt, mistake } from "./builders.ts";

const fresh = () => {
  const clock = new VirtualClock("2026-01-01T00:00:00Z");
  return { clock, ...createScheduler({ clock, zone: "UTC" }) };
};

test("generators and classes are rejected as tasks", () => {
  const { every } = buildersAt("2026-11-22 17:40");
  for (const task of [function* steps() {}, async function* steps() {}, class Report {}])
    expect(mistake(() => every().hour.do(task as never)).code).toBe("task");
});

test("a task whose name is no text is named after its place", async () => {
  const { every } = fresh();
  const named = (name: unknown) => Object.defineProperty(() => {}, "name", { value: name });
  const job = (name: unknown): Job => every().hour.do(named(name));
  for (const name of [Symbol("x"), 5, undefined, " ", {}])
    expect(job(name).name).toMatch(/^job \d+ \(tasks\.test\.ts:\d+\)$/);
  const throwing = new Proxy(() => {}, {
    get: () => {
      throw new Error("no");
    },
  });
  expect(every().hour.do(throwing).name).toMatch(/^job \d+/);
});

/** Words that the types refuse. */
interface Loose
  extends Readonly<Record<"minutes" | "weekdays" | "weekday" | "mondays" | "weekend", LooseChain>> {}
interface LooseChain extends Loose {
  do(task: () => void): unknown;
}

const hostile: Readonly<Record<string, () => unknown>> = {
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable(new Error("x"), {});
    revoke();
    return proxy;
  },
  "an error with getters that throw": () =>
    Object.defineProperties(
      new Error("x"),
      Object.fromEntries(
        ["name", "message", "stack", "cause"].map((member) => [
          member,
          {
            get: () => {
              throw new Error("no");
            },
          },
        ]),
      ),
    ),
  "an error whose members are no text": () =>
    Object.assign(new Error("x"), { name: Symbol("n"), message: 5, stack: {} }),
  "an object without a prototype": () => Object.create(null),
  "an error of 1 MB": () => new Error("long ".repeat(200_000)),
  "a symbol": () => Symbol("s"),
};

test.each(Object.entries(hostile))("%s is one failure with a short text", async (_, make) => {
  const { clock, every, listen, start } = fresh();
  const lines: unknown[] = [];
  listen("failed", ({ error }) => lines.push(...taskErrorLines(error, styleOf({ write: () => true }, {}))));
  const job = every().minute.do(() => {
    throw make();
  });
  const other = every().minute.do(() => Promise.reject(make()));
  start();
  await clock.advance("61 seconds");
  for (const { history } of [job, other]) {
    expect(history()).toMatchObject([{ outcome: "failed" }]);
    expect(history()[0]?.error?.length).toBeLessThanOrEqual(2_000);
  }
  expect(lines.join("\n").length).toBeLessThan(20_000);
});

test("a promise with a throwing getter fails its run", async () => {
  const { clock, every, start } = fresh();
  const odd = () =>
    Object.defineProperty(Promise.resolve(1), "constructor", {
      get: () => {
        throw new Error("no constructor");
      },
    });
  const jobs = [every().minute.do(odd), every().minute.timeout("5 seconds").do(odd)];
  start();
  await clock.advance("61 seconds");
  for (const job of jobs)
    expect(job.history()).toMatchObject([{ outcome: "failed", error: "Error: no constructor" }]);
});

test("an error keeps the user's own line, however deep it is thrown", () => {
  const { once, on, every } = fresh();
  const limit = Error.stackTraceLimit;
  for (const act of [
    () => once("tomorow at 9"),
    () => on("mondya"),
    () => every().month.on("31st of nowhere" as never),
  ])
    expect(mistake(act).stack).toContain("tasks.test.ts");
  expect(Error.stackTraceLimit).toBe(limit);
});
