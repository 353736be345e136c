import { expect, test } from "vitest";
import { meantBy, verbIn } from "../../src/run/verb.ts";

test.each([
  ["list", "list", []],
  ["run backup --json", "run", ["backup", "--json"]],
  ["--help", "help", []],
  ["-h", "help", []],
  ["help", "help", []],
])("%s is a command of the script", (line, verb, rest) => {
  expect(verbIn(line.split(" "))).toEqual({ verb, rest });
  expect(meantBy(line.split(" "))).toBeUndefined();
});

test.each([
  ["lst", "list"],
  ["ls", "list"],
  ["status", "list"],
  ["logs", "history"],
  ["stop", "pause"],
  ["explian", "explain"],
])("%s is no command, and %s is what was meant", (word, meant) => {
  expect(verbIn([word])).toBeUndefined();
  expect(meantBy([word])).toBe(meant);
});

test.each(["", "--verbose", "photos", "4711", "--", "toString", "start"])(
  "%j belongs to the script",
  (word) => {
    expect(verbIn([word])).toBeUndefined();
    expect(meantBy([word])).toBeUndefined();
  },
);
