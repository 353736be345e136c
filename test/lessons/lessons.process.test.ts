import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sourceOfLesson } from "../../src/lessons/course.ts";
import { scriptFile } from "../terminal/tmux.ts";

const root = join(import.meta.dirname, "../..");
const spawned = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });

test("a piped lesson asks no question and exits", () => {
  const { status, stdout, stderr } = spawned(join(root, "src/cli/main.ts"), "lessons", "3");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("The answer is b: the heap is a few levels deeper");
  expect(stdout).not.toContain("a, b or c?");
});

test("the script of a lesson can be copied, changed and run in a project made by npm init", () => {
  const kept = spawned(join(root, "src/cli/main.ts"), "lessons", "drift", "--source");
  expect(kept.stdout).toBe(sourceOfLesson("drift"));
  const changed = kept.stdout
    .replace("1 second", "3 seconds")
    .replace("2 minutes", "1 minute")
    .replace('"onthedot/testing"', JSON.stringify(join(root, "src/testing.ts")));
  const { stdout, stderr } = spawned(scriptFile(changed, "drift.mts"));
  expect(stderr).toBe("");
  expect(stdout).toContain("4    9 s late         0 s late");
});
