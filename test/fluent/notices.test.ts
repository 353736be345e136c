import { expect, test } from "vitest";
import { createScheduler } from "../../src/create.ts";
import type { Entry } from "../../src/scheduler/job.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import "../../src/notify/notify.ts";

const { every } = createScheduler({ clock: new VirtualClock("2026-11-22T16:40:00Z"), zone: "UTC" });
const nothing = () => {};
const noticesOf = (job: unknown) => (job as Entry).definition.notices;

test("ping and notify return a new chain", () => {
  const plain = every().day.at("02:30");
  const notified = plain
    .ping("https://hc-ping.com/abc", { start: false })
    .notify()
    .notify("bell", { on: "end" });
  expect(noticesOf(notified.do(nothing))).toEqual({
    ping: { url: "https://hc-ping.com/abc", start: false },
    notify: [
      { to: "desktop", on: "failure" },
      { to: "bell", on: "end" },
    ],
  });
  expect(noticesOf(plain.do(nothing))).toBeUndefined();
  expect(notified.recurrence()).toEqual(plain.recurrence());
});

test("a wrong address is rejected by its call", () => {
  expect(() => every().day.ping("hc-ping.com/abc")).toThrow(expect.objectContaining({ code: "ping" }));
  expect(() => every().day.notify("mail")).toThrow(expect.objectContaining({ code: "notify" }));
});

test("the compiler checks the options", () => {
  // @ts-expect-error only failure, success and end
  expect(() => every().day.notify("desktop", { on: "always" })).toThrow();
  // @ts-expect-error a ping needs an address
  expect(() => every().day.ping()).toThrow();
});

test("an address with a password is rejected, and the error does not repeat it", () => {
  const refusal = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      return String(error);
    }
    return "accepted";
  };
  for (const act of [
    () => every().day.ping("http://user:secret@example.org/abc"),
    () => every().day.notify("https://secret@example.org/abc"),
  ]) {
    expect(refusal(act)).toMatch(/without user name and password/);
    expect(refusal(act)).not.toContain("secret");
  }
});
