import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { call, newFolder, pathOf, treeOf } from "./call.ts";

const names = readdirSync(pathOf("."))
  .filter((name) => name.endsWith(".ts"))
  .sort();
const sourceOf = (name: string): string => readFileSync(pathOf(name), "utf8");

test("all scripts are there", () => {
  expect(names).toEqual([
    "backup.ts",
    "changed.ts",
    "digest.ts",
    "downloads.ts",
    "feeds.ts",
    "pomodoro.ts",
    "reminders.ts",
    "uptime.ts",
    "watch-machine.ts",
  ]);
});

describe.concurrent.each(names)("%s", { timeout: 60_000 }, (name) => {
  test("is one file that needs onthedot alone, and no shell", () => {
    const source = sourceOf(name);
    expect(source.split("\n")[0]).toMatch(/^\/\/ .+\.$/);
    const imported = [...source.matchAll(/from "([^"]+)"/g)].map(([, from]) => from);
    for (const from of imported) expect(from).toMatch(/^(?:onthedot(?:\/\w+)?|node:[\w/]+)$/);
    expect(source).not.toMatch(/\bshell: true|\bexecSync\b|import \{[^}]*\bexec\b/);
    expect(source.split("\n").length).toBeLessThanOrEqual(260);
    // Top-level await is refused in a folder that npm init has made.
    expect(source).not.toMatch(/^(?:const .* = )?await /m);
  });

  test("tells with --help what it does and every setting it reads, and does nothing", async () => {
    const cwd = newFolder();
    const { code, out, err } = await call(name, ["--help"], { cwd });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`npx tsx ${name}`);
    const settings = [...sourceOf(name).matchAll(/process\.env\.([A-Z_]+)|readAmount\("([A-Z_]+)"/g)];
    for (const [, setting = "", amount] of settings) expect(out).toContain(amount ?? setting);
    for (const line of out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(120);
    expect(treeOf(cwd)).toEqual([]);
  });

  test("is its own command line, and leaves nothing behind for a look", async () => {
    const cwd = newFolder();
    const file = join(newFolder(), "reminders.txt");
    writeFileSync(file, "every day at 9: tea\n");
    const { code, out, err } = await call(name, ["list"], { cwd, env: { REMINDERS: file } });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/JOB +WHEN +NEXT/);
    expect(treeOf(cwd)).toEqual([]);
  });
});

test("a script tells what is next, and what a week of it would be", async () => {
  const next = await call("watch-machine.ts", ["next", "2"]);
  expect(next.out.trim().split("\n").length).toBe(2);
  const simulate = await call("watch-machine.ts", ["simulate", "--days", "7"]);
  expect(simulate).toMatchObject({ code: 0, out: expect.stringContaining("nothing is executed") });
});

test.each(["backup.ts", "downloads.ts"])("%s refuses an option that is only nearly right", async (name) => {
  const { code, out, err } = await call(name, ["--realy"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("--realy is no option of this script");
});
