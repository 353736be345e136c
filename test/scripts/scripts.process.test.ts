import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { callWithTsx, newFolder, pathOf, serve, treeOf } from "./call.ts";

const names = readdirSync(pathOf("."))
  .filter((name) => name.endsWith(".ts"))
  .sort();
const sourceOf = (name: string): string => readFileSync(pathOf(name), "utf8");

test("the page has a line for each", () => {
  const listed = [...sourceOf("README.md").matchAll(/^\| \[(\S+)\]\(\1\) \| .+\. \| .+ \|$/gm)];
  expect(listed.map(([, name]) => name)).toEqual(names);
  expect(names).toHaveLength(9);
});

describe.concurrent.each(names)("%s", { timeout: 120_000 }, (name) => {
  test("is one file that needs onthedot alone, and no shell", () => {
    const source = sourceOf(name);
    expect(source.split("\n")[0]).toMatch(/^\/\/ .+\.$/);
    const imported = [...source.matchAll(/from "([^"]+)"/g)].map(([, from]) => from);
    for (const from of imported) expect(from).toMatch(/^(?:onthedot(?:\/\w+)?|node:[\w/]+)$/);
    expect(source).not.toMatch(/\bshell: true|\bexecSync\b|import \{[^}]*\bexec\b/);
    expect(source.split("\n").length).toBeLessThanOrEqual(240);
    // Top-level await is refused in a folder that npm init has made.
    expect(source).not.toMatch(/^(?:const .* = )?await /m);
  });

  test("tells with --help what it does and every setting it reads, and does nothing", async () => {
    const cwd = newFolder();
    const { code, out, err } = await callWithTsx(name, ["--help"], { cwd });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`\n    ${name} `);
    const settings = [...sourceOf(name).matchAll(/process\.env\.([A-Z_]+)|readAmount\("([A-Z_]+)"/g)];
    for (const [, setting = "", amount] of settings) expect(out).toContain(amount ?? setting);
    for (const line of out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(120);
    expect(treeOf(cwd)).toEqual([]);
  });

  test("is its own command line, and changes nothing for a look or in a dry run", async () => {
    const { home, env, url, close } = await surroundings();
    const before = treeOf(home);
    const list = await callWithTsx(name, ["list"], { cwd: home, env });
    expect({ code: list.code, err: list.err }).toEqual({ code: 0, err: "" });
    expect(list.out).toMatch(/JOB +WHEN +NEXT/);
    const [job = url, says] = tried[name]!;
    const dry = sourceOf(name).includes("--dry-run") ? ["--dry-run"] : [];
    const run = await callWithTsx(name, ["run", job, ...dry], { cwd: home, env });
    expect(run).toMatchObject({ code: 0, err: "", out: expect.stringContaining(says) });
    expect(treeOf(home)).toEqual(before);
    close();
  });
});

/** A job of each script, and what it says. */
const tried: Readonly<Record<string, readonly [job: string | undefined, says: string]>> = {
  "backup.ts": ["backup", "would have copied 1 "],
  "changed.ts": ["/dev", "seen for the first time"],
  "digest.ts": ["digest", "remembers nothing"],
  "downloads.ts": ["downloads", "would move a b.pdf to Documents/a b.pdf"],
  "feeds.ts": ["feeds", "Numbers\n  one\n"],
  "pomodoro.ts": ["focus 1", "Focus, 1 of 4: 25 minutes."],
  "reminders.ts": ["tea", "tea"],
  "uptime.ts": [undefined, "✔"],
  "watch-machine.ts": ["disk /", "free on /"],
};

/** All that the scripts look at. */
const surroundings = async () => {
  const home = newFolder();
  mkdirSync(join(home, "from"));
  mkdirSync(join(home, "to"));
  writeFileSync(join(home, "from", "a b.pdf"), "one");
  writeFileSync(join(home, "reminders.txt"), "every day at 9: tea\n");
  const feed = "<rss><channel><title>Numbers</title><item><title>one</title></item></channel></rss>";
  const { url, close } = await serve((_, response) => response.end(feed));
  const env = {
    BACKUP_FROM: join(home, "from"),
    BACKUP_TO: join(home, "to"),
    CHANGED_WATCH: "/dev",
    DIGEST_SCRIPTS: pathOf("pomodoro.ts"),
    DOWNLOADS: join(home, "from"),
    DOWNLOADS_DAYS: "0",
    FEEDS: url,
    UPTIME_SITES: url,
    MACHINE_DISK: "0%",
  };
  return { home, env, url, close };
};

test.each(["backup.ts", "downloads.ts"])("%s rejects an option that is only nearly right", async (name) => {
  const { code, out, err } = await callWithTsx(name, ["--realy"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain('This script has no flag "--realy". Did you mean --really?');
});
