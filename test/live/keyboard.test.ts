import { expect, test } from "vitest";
import type { Job } from "../../src/job.ts";
import { keysIn, press } from "../../src/live/screen.ts";

const jobs = ["tick", "backup", "备份"].map((name) => ({ name })) as Job[];

test("keys outside a choice are actions", () => {
  const kinds = ["h", "?", "l", "p", "q", "\x03", "\x1a"].map((key) => press(key, undefined, jobs).action);
  expect(kinds).toEqual(["help", "help", "list", "pause", "quit", "quit", "suspend"]);
  for (const key of ["x", "\r", "\x1b", "\x1b[A", "\x04"]) expect(press(key, undefined, jobs)).toEqual({});
});

test("a job is chosen with arrows or its letter, and run with Enter", () => {
  let choice = press("r", undefined, jobs).choice;
  const walk = (...keys: string[]) => {
    for (const key of keys) choice = press(key, choice, jobs).choice;
    return choice?.jobs[choice.index]?.name;
  };
  expect(walk()).toBe("tick");
  expect(walk("\x1b[B")).toBe("backup");
  expect(walk("\x1b[C", "\t")).toBe("tick");
  expect(walk("\x1b[A")).toBe("备份");
  expect(walk("B")).toBe("backup");
  expect(walk("备")).toBe("备份");
  expect(walk("z")).toBe("备份");
  expect(press("\r", choice, jobs)).toEqual({ action: "run", job: jobs[2] });
  expect(press("\x1b", choice, jobs)).toEqual({});
  expect(press("\x03", choice, jobs)).toEqual({ action: "quit" });
});

test("without jobs there is nothing to choose", () => {
  expect(press("r", undefined, [])).toEqual({});
});

test("what a terminal sends is cut into keys", () => {
  expect(keysIn("rb\r")).toEqual(["r", "b", "\r"]);
  expect(keysIn("\x1b[A\x1b[1;5B\x1bOP备\x1b")).toEqual(["\x1b[A", "\x1b[1;5B", "\x1bOP", "备", "\x1b"]);
});
