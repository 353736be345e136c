import { expect, test } from "vitest";
import { readCall } from "../../src/live/run.ts";

const words = (line: string) => line.split(" ").filter(Boolean);

test.each([
  ["list", "list", []],
  ["run backup --json", "run", ["backup", "--json"]],
  ["--json list", "list", ["--json"]],
  ["--help", "help", []],
  ["-h", "help", []],
  ["help", "help", []],
])("%s is a command of the script", (line, verb, rest) => {
  expect(readCall(words(line))).toEqual({ kind: "command", verb, rest });
});

test.each([
  ["lst", "list"],
  ["lists", "list"],
  ["ilst", "list"],
  ["ls", "list"],
  ["status", "list"],
  ["logs", "history"],
  ["stop", "pause"],
  ["explian", "explain"],
  ["version", "npx onthedot --version"],
  ["--version", "npx onthedot --version"],
  ["LIST", "list"],
  ["Status", "list"],
  ["service", "npx onthedot service"],
  ["start", ""],
  ["--dry-run", undefined],
  ["--jsn", "--json"],
  ["--json --verbos", "--verbose"],
  ["-v", undefined],
])("%s is rejected; %j was meant", (line, nearest) => {
  expect(readCall(words(line))).toEqual({ kind: "slip", given: words(line).at(-1), nearest });
});

test.each([
  ["", []],
  ["--verbose", ["--verbose"]],
  ["--json --allow-multiple", ["--json", "--allow-multiple"]],
  ["photos", []],
  ["photos --dry-run --json", []],
  ["lst photos", []],
  ["rum", []],
  ["4711", []],
  ["-- --dry-run list", []],
  ["--verbose -- --json", ["--verbose"]],
  ["toString", []],
])("%j belongs to the script", (line, flags) => {
  expect(readCall(words(line))).toEqual({ kind: "run", flags: new Set(flags) });
});

test("flags that the script has declared are its own", () => {
  const declared = ["--really", "--folder"];
  expect(readCall(["--really", "--folder=photos", "--json"], declared)).toEqual({
    kind: "run",
    flags: new Set(["--really", "--folder=photos", "--json"]),
  });
  expect(readCall(["--realy"], declared)).toMatchObject({ kind: "slip", nearest: "--really" });
  expect(readCall(["--really", "run", "backup", "--folder=a", "--json"], declared)).toEqual({
    kind: "command",
    verb: "run",
    rest: ["backup", "--json"],
  });
});
