import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runOnVirtualTime } from "../virtual-machine.ts";
import { call, newFolder, onAnotherDisk, pathOf, treeOf, withEnvironment, withoutLinks } from "./call.ts";

/** A folder with all that is awkward about folders, and a disk for its backups. */
const scene = () => {
  const home = newFolder();
  const from = join(home, "my döcs, old");
  const to = join(home, "disk");
  mkdirSync(join(from, "empty"), { recursive: true });
  mkdirSync(join(from, "写真 b"));
  mkdirSync(to);
  writeFileSync(join(from, "a b.txt"), "one");
  writeFileSync(join(from, "写真 b", "é'\"$x\n.txt"), "two");
  writeFileSync(join(from, "run.sh"), "#!/bin/sh\n", { mode: 0o750 });
  utimesSync(join(from, "a b.txt"), 1_500_000_000, 1_500_000_000.123);
  mkdirSync(join(home, "outside"));
  writeFileSync(join(home, "outside", "secret"), "not to be copied");
  symlinkSync(join(home, "outside"), join(from, "link"));
  symlinkSync("nowhere", join(from, "broken"));
  execFileSync("mkfifo", [join(from, "pipe")]);
  chmodSync(join(from, "empty"), 0o555);
  const shelf = join(to, "my döcs, old");
  return {
    home,
    from,
    to,
    shelf,
    env: { BACKUP_FROM: from, BACKUP_TO: to },
    backups: () => readdirSync(shelf).filter((name) => !name.startsWith(".")),
  };
};

type Scene = ReturnType<typeof scene>;

const run = (env: Record<string, string>, ...flags: string[]) =>
  call("backup.ts", ["run", "backup", ...flags], { env });

describe.concurrent("a backup", { timeout: 120_000 }, () => {
  test("that was not asked for really touches nothing, and says what it would do", async () => {
    const { home, env } = scene();
    const before = treeOf(home);
    const { code, out } = await run(env);
    expect(code).toBe(0);
    expect(out).toMatch(/would have copied 3 \(0\.0 MB\), 0 as before/);
    expect(out).toContain("nothing was done: --really does it");
    await run({ ...env, BACKUP_REALLY: "yes" }, "--dry-run");
    await run(env, "--really", "--dry-run");
    expect(treeOf(home)).toEqual(before);
  });

  test("holds what the folder holds: names, contents, modes, times, links as links", async () => {
    const { from, shelf, env, backups } = scene();
    const { code, out } = await run(env, "--really");
    expect({ code, shown: out.includes("pipe is neither a file nor a folder, and left out") }).toEqual({
      code: 0,
      shown: true,
    });
    const [name = ""] = backups();
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d{6}Z$/);
    const copy = join(shelf, name);
    expect(readdirSync(copy).sort()).toEqual(
      readdirSync(from)
        .filter((one) => one !== "pipe")
        .sort(),
    );
    expect(readFileSync(join(copy, "写真 b", "é'\"$x\n.txt"), "utf8")).toBe("two");
    expect(readlinkSync(join(copy, "broken"))).toBe("nowhere");
    expect(lstatSync(join(copy, "link")).isSymbolicLink()).toBe(true);
    expect(statSync(join(copy, "run.sh")).mode & 0o777).toBe(0o750);
    // Or else nobody but root could remove it one day.
    expect(statSync(join(copy, "empty")).mode & 0o777).toBe(0o755);
    expect(Math.abs(statSync(join(copy, "a b.txt")).mtimeMs - 1_500_000_000_123)).toBeLessThan(1);
  });

  test("copies only what has changed, and nothing through a link where a folder was", async () => {
    const { home, from, shelf, env, backups } = scene();
    const old = join(shelf, "2020-01-15T023000Z");
    expect((await run(env, "--really")).code).toBe(0);
    const [first = ""] = backups();
    execFileSync("mv", [join(shelf, first), old]);
    writeFileSync(join(from, "a b.txt"), "ONE");
    // In the last backup "link" leads to a file outside that looks just like the one that is now in the folder "link".
    execFileSync("rm", [join(from, "link")]);
    mkdirSync(join(from, "link"));
    execFileSync("cp", ["-p", join(home, "outside", "secret"), join(from, "link", "secret")]);
    const { out } = await run(env, "--really");
    expect(out).toMatch(/: copied 2 .* 2 as before/);
    const copy = join(shelf, backups().at(-1)!);
    expect(readFileSync(join(copy, "a b.txt"), "utf8")).toBe("ONE");
    expect(readFileSync(join(old, "a b.txt"), "utf8")).toBe("one");
    expect(statSync(join(copy, "run.sh")).ino).toBe(statSync(join(old, "run.sh")).ino);
    expect(statSync(join(copy, "link", "secret")).ino).not.toBe(
      statSync(join(home, "outside", "secret")).ino,
    );
  });

  test("copies all of it where a file has one name only", async () => {
    const { shelf, env, backups } = scene();
    const disk = { ...env, ...withoutLinks() };
    await run(disk, "--really");
    execFileSync("mv", [join(shelf, backups()[0]!), join(shelf, "2020-01-15T023000Z")]);
    expect(await run(disk, "--really")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/copied 3 .* 0 as before/),
    });
  });

  test("that is called off, or finds the disk full, leaves nothing half behind", async () => {
    const { from, env, backups } = scene();
    for (let i = 0; i < 50; i++) writeFileSync(join(from, `file ${i}`), "x");
    const slow = onAnotherDisk(`const { copyFile } = fs;
fs.copyFile = async (...all) => {
  console.log("copying");
  await new Promise((go) => setTimeout(go, 200));
  return copyFile(...all);
};`);
    const stopped = await call("backup.ts", ["run", "backup", "--really"], {
      env: { ...env, ...slow },
      until: "copying",
    });
    expect(stopped.code).toBe(1);
    expect(backups()).toEqual([]);
    const full = onAnotherDisk(
      `fs.copyFile = async () => { throw Object.assign(new Error("no space left"), { code: "ENOSPC" }); };`,
    );
    expect((await run({ ...env, ...full }, "--really")).err).toContain("no space left");
    expect(backups()).toEqual([]);
  });

  test("lets the last of each day, week and month stay, and touches nothing that is not its own", async () => {
    const { from, shelf, env, backups } = scene();
    mkdirSync(shelf);
    writeFileSync(join(shelf, ".backup-of"), `${from}\n`);
    const made = [
      ...["2020-01-31", "2020-02-01", "2020-02-28", "2020-02-29"],
      ...["2020-03-02", "2020-03-08", "2020-03-09", "2020-03-10", "2020-03-11"],
    ].map((date) => `${date}T023000Z`);
    const twice = "2020-03-11T120000Z";
    const foreign = ["2020-01-01", "photos", "2020-99-99T023000Z", "2020-01-01T023000Z.txt"];
    const left = ["2020-03-01T023000Z.unfinished", "2019-01-01T023000Z.removed"];
    for (const name of [...made, twice, ...foreign, ...left])
      mkdirSync(join(shelf, name, "inner"), { recursive: true });
    const keep = { BACKUP_DAYS: "3", BACKUP_WEEKS: "3", BACKUP_MONTHS: "4" };
    const before = treeOf(shelf);
    const dry = await run({ ...env, ...keep });
    expect(treeOf(shelf)).toEqual(before);
    const { out } = await run({ ...env, ...keep }, "--really");
    const today = backups().find((name) => /^202[1-9]|^20[3-9]/.test(name))!;
    // Days: today, the 11th, the 10th. Weeks: today's, that of the 9th, that of the 2nd. Months: this one, March, February, January.
    const stay = [
      "2020-01-31T023000Z",
      "2020-02-29T023000Z",
      "2020-03-08T023000Z",
      "2020-03-10T023000Z",
      twice,
    ];
    expect(backups().sort()).toEqual([...foreign, ...stay, today].sort());
    const removedIn = (text: string) => [...text.matchAll(/removes? .*\/(\S+)$/gm)].map(([, name]) => name);
    const gone = [...made.filter((name) => !stay.includes(name)), ...left].sort();
    expect(removedIn(out).sort()).toEqual(gone);
    expect(removedIn(dry.out).sort()).toEqual(gone);
  });

  test("of which a part could not be copied fails, keeps what it has, and removes no old one", async () => {
    const { from, shelf, env, backups } = scene();
    mkdirSync(shelf);
    writeFileSync(join(shelf, ".backup-of"), `${from}\n`);
    mkdirSync(join(shelf, "2020-01-01T023000Z"));
    mkdirSync(join(shelf, "2020-01-02T023000Z"));
    // A name that is no Unicode cannot be asked for.
    execFileSync("sh", ["-c", `touch "$1/$(printf 'a\\377b')"`, "sh", from]);
    const { code, err } = await run(
      { ...env, BACKUP_WEEKS: "1", BACKUP_MONTHS: "1", BACKUP_DAYS: "1" },
      "--really",
    );
    expect(code).toBe(1);
    expect(err).toMatch(/1 not copied, and so no old backup is removed:\n[\s\S]*a\ufffdb/);
    expect(backups().length).toBe(3);
    expect(readFileSync(join(shelf, backups().at(-1)!, "a b.txt"), "utf8")).toBe("one");
  });

  const holding = (name: string, text: string) => (s: Scene) => {
    mkdirSync(s.shelf);
    writeFileSync(join(s.shelf, name), text);
    return {};
  };
  test.each<[string, (s: Scene) => Record<string, string>, RegExp]>([
    ["a missing folder", (s) => ({ BACKUP_FROM: join(s.home, "nope") }), /no folder .*nope; BACKUP_FROM/],
    ["a missing disk", (s) => ({ BACKUP_TO: join(s.home, "nope") }), /no folder .*nope; BACKUP_TO/],
    ["a place inside", (s) => ({ BACKUP_TO: join(s.from, "写真 b") }), /lies in what is to be copied/],
    ["the folder itself", (s) => ({ BACKUP_TO: s.home }), /lies in what is to be copied/],
    ["an empty folder", (s) => ({ BACKUP_FROM: join(s.from, "empty") }), /is empty: is its disk there\?/],
    [
      "another's shelf",
      holding(".backup-of", "/home/other/my döcs, old\n"),
      /holds backups of \/home\/other/,
    ],
    ["another's folder", holding("mine", ""), /holds other things/],
  ])("is rejected for %s", async (_what, change, message) => {
    const stage = scene();
    const env = { ...stage.env, ...change(stage) };
    const before = treeOf(stage.home);
    const { code, err } = await run(env, "--really");
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(treeOf(stage.home)).toEqual(before);
  });
});

test("a backup is made every night at 02:30", async () => {
  const { env, backups } = scene();
  const machine = { start: "2026-03-02 09:00:00", zone: "Europe/Berlin", length: "17h30m" };
  const printed = await withEnvironment({ ...env, BACKUP_REALLY: "yes" }, () =>
    runOnVirtualTime(pathOf("backup.ts"), machine, 2),
  );
  expect(printed.join("\n")).toContain("copied 3 ");
  expect(backups()).toEqual(["2026-03-03T013000Z"]);
});
