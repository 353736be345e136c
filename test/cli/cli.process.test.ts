import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { main } from "../../src/cli/cli.ts";
import { thisRuntime } from "../../src/report/stack.ts";
import { PretendTerminal } from "../live/pretend-terminal.ts";

/** Calls `npx onthedot …` in this process. */
const call = async (...args: string[]) => {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await main(args, { write: (text) => out.push(text) }, { write: (text) => errors.push(text) });
  return { code, out: out.join(""), errors: errors.join("") };
};

// Several processes under tsx, each some seconds on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const root = join(import.meta.dirname, "../..");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(root, "node_modules/.onthedot-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Calls it as a process of its own. */
const spawned = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), join(root, "src/cli/main.ts"), ...args],
    { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", TZ: "UTC" } },
  );
  return { status, stdout, stderr };
};

test("explain shows the meaning, the same as cron and chain, and what clock changes do", async () => {
  const { code, out } = await call("explain", "every day at 02:30", "--zone", "Europe/Berlin");
  expect(code).toBe(0);
  expect(out).toContain(
    'meaning     every day at 02:30\n  same as     cron 30 2 * * *  ·  systemd *-*-* 02:30:00  ·  every().day.at("02:30")',
  );
  expect(out).toMatch(/zone {8}Europe\/Berlin, now UTC\+[12]\n/);
  expect(out).toMatch(/next {8}\w{3} \d+ \w{3} \d{4} 0[23]:30:00 \+0[12]:00 {3}in /);
  expect(out).toMatch(/how often {3}36[56] in the next 12 months/);
  expect(out).toMatch(/ 02:30 does not exist, runs at 03:30\n/);
  expect(out).toMatch(/ 02:30 occurs twice, runs the first time only\n/);
});

test('explain reads cron, Chinese, and what follows "every"', async () => {
  expect((await call("explain", "*/5 9-17 * * mon-fri")).out).toContain("cron */5 9-17 * * 1-5");
  expect((await call("explain", "@daily")).out).toContain("meaning     every day at 00:00");
  expect((await call("explain", "每天早上8点")).out).toContain("meaning     every day at 08:00");
  expect((await call("explain", "15 minutes")).out).toContain("same as     every(15).minutes");
  expect((await call("explain", "CRON_TZ=Asia/Tokyo 30 2 * * *")).errors).toContain('.in("Asia/Tokyo")');
  expect((await call("explain", "H 2 * * *")).errors).toContain("Cron expression");
});

test("explain prints its facts as JSON", async () => {
  const { out } = await call("explain", "every 15 minutes", "--zone", "UTC", "--json");
  expect(JSON.parse(out)).toMatchObject({
    when: "every 15 minutes",
    recurrence: { kind: "interval", every: 900_000 },
    cron: null,
    chain: "every(15).minutes",
    zone: "UTC",
    clockChanges: [],
  });
});

test("next prints as many runs as are asked for, with their offset", async () => {
  const { code, out } = await call("next", "every weekday at 9am", "-n", "4", "--zone", "Asia/Tokyo");
  expect(code).toBe(0);
  expect(out).toMatch(
    /^(?: {2}(?:Mon|Tue|Wed|Thu|Fri) \d+ \w{3} \d{4} 09:00 {1,3}\+09:00(?: {3}in .+)?\n){4}$/,
  );
  expect(
    JSON.parse((await call("next", "every day at noon", "--json", "--zone", "UTC")).out).next,
  ).toHaveLength(3);
});

test.each([
  [["nxt"], "Did you mean next?"],
  [["explain", "every weekdya at 9am"], 'Did you mean "weekday"?'],
  [["explain", "every day at noon", "--zoen", "UTC"], "Did you mean --zone?"],
  [["next", "every day at noon", "--zone", "Europe/Berln"], 'Did you mean "Europe/Berlin"?'],
  [["next", "every day at noon", "-n", "0"], "--limit must be a whole number from 1"],
  [["next"], "missing <when>"],
  [["explain"], "missing <when>"],
  [["explain", "61 * * * *"], "61 * * * *\n"],
  [["list"], "missing <file>"],
  [["list", "none.ts"], 'There is no file "none.ts".'],
  [["service"], "missing <file>"],
  [["init", "jobs.txt"], "A script is named like myjobs.ts"],
  [["\u001b[31m"], "\\x1b[31m"],
])("%j is rejected with the reason", async (args, why) => {
  const { code, out, errors } = await call(...args);
  expect([code, out]).toEqual([2, ""]);
  expect(errors).toContain(why);
});

test("help and version", async () => {
  const { code, out } = await call("--help");
  expect(code).toBe(0);
  for (const word of ["next", "explain", "init", "service", "lessons", "list", "run", "simulate", "history"])
    expect(out).toContain(`  ${word} `);
  expect((await call()).code).toBe(2);
  for (const args of [
    ["next", "--help"],
    ["help", "next"],
  ])
    expect((await call(...args)).out).toContain('npx onthedot next <file> [job] [n] | "<when>" [n]');
  expect((await call("service", "--help")).out).toContain("npx onthedot service <file> [--wake]");
  expect((await call("--version")).out).toBe(
    `${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version}\n`,
  );
});

test.each([60, 80, 120])("at %i columns the terminal breaks no sentence", async (columns) => {
  for (const args of [["--help"], ["explain", "every day at 02:30 in Europe/Berlin"], ["lessons"]]) {
    const [out, errors] = [new PretendTerminal(columns), new PretendTerminal(columns)];
    expect(await main(args, out, errors)).toBe(0);
    const long = out.screen.filter((line) => line.length > columns);
    // How a command is called is one thing to copy; so are the last lines of the help.
    expect(long.filter((line) => !line.startsWith("  A script "))).toEqual([]);
    expect(out.screen.length).toBeGreaterThan(7);
  }
});

const forgotten = `import { every } from "${join(root, "src/index.ts")}";
every().day.at("02:30").do(function backup() {});
every(15).minutes.do(function priceCheck() { throw new Error("no price"); });
`;

test("commands work on a script that forgot run(), and start nothing", () => {
  writeFileSync(join(folder, "forgotten.ts"), forgotten);
  writeFileSync(
    join(folder, "ran.ts"),
    `${forgotten}import { run } from "${join(root, "src/index.ts")}";\nrun();\n`,
  );
  writeFileSync(
    join(folder, "started.mts"),
    `${forgotten}import { start } from "${join(root, "src/index.ts")}";\nstart();\n`,
  );
  const lists = ["forgotten.ts", "ran.ts", "started.mts"].map((file) => spawned("list", file));
  for (const { status, stdout, stderr } of lists) {
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("2 jobs · UTC");
    expect(stdout.match(/^ {2}backup /gm)).toHaveLength(1);
  }
});

test("run exits with 1 when the job failed", () => {
  writeFileSync(join(folder, "failing.ts"), forgotten);
  const { status, stderr } = spawned("run", "failing.ts", "priceCheck");
  expect(status).toBe(1);
  expect(stderr).toContain("Error: no price");
  expect(spawned("run", "failing.ts", "pricecheck").status).toBe(2);
  expect(spawned("run", "failing.ts", "backup").status).toBe(0);
});

test("simulate writes a page, a picture and a calendar, and never overwrites the script", () => {
  writeFileSync(join(folder, "jobs.ts"), forgotten);
  const { status, stdout } = spawned(
    "simulate",
    "jobs.ts",
    "--from",
    "2027-03-27",
    "--days",
    "3",
    "--html",
    "out.html",
    "--svg",
    "out.svg",
    "--ics",
    "out.ics",
  );
  expect(stdout).toBe(
    "  wrote  out.html   291 runs of 2 jobs\n  wrote  out.svg   291 runs of 2 jobs\n  wrote  out.ics   2 events\n",
  );
  expect(status).toBe(0);
  expect(readFileSync(join(folder, "out.html"), "utf8")).toContain("<!doctype html>");
  const refused = spawned("simulate", "jobs.ts", "--html", "jobs.ts");
  expect([refused.status, readFileSync(join(folder, "jobs.ts"), "utf8")]).toEqual([2, forgotten]);
});

test("init writes a script that runs and a package.json, and never overwrites a file", async () => {
  const empty = mkdtempSync(join(folder, "new-"));
  const first = await call("init", join(empty, "myjobs.ts"));
  expect([first.code, first.errors]).toEqual([0, ""]);
  expect(first.out).toMatch(/wrote {2}.*myjobs\.ts, package\.json\n/);
  const manifest = JSON.parse(readFileSync(join(empty, "package.json"), "utf8"));
  expect(manifest).toMatchObject({
    type: "module",
    scripts: { start: `${thisRuntime().runsTypeScript ? "node" : "tsx"} myjobs.ts` },
  });
  const script = readFileSync(join(empty, "myjobs.ts"), "utf8");
  writeFileSync(
    join(empty, "try.ts"),
    script.replace('"onthedot"', JSON.stringify(join(root, "src/index.ts"))),
  );
  const listed = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), "try.ts", "list"], {
    cwd: empty,
    encoding: "utf8",
  });
  expect([listed.status, listed.stderr]).toEqual([0, ""]);
  expect(listed.stdout).toContain("4 jobs");
  writeFileSync(join(empty, "myjobs.ts"), "mine");
  const second = await call("init", join(empty, "myjobs.ts"));
  expect([second.code, readFileSync(join(empty, "myjobs.ts"), "utf8")]).toEqual([2, "mine"]);
  // tsx is found from there; then onthedot is too.
  const start = thisRuntime().runsTypeScript ? "node" : "npx tsx";
  expect((await call("init", join(empty, "other.ts"))).out).toMatch(
    new RegExp(`other\\.ts\n\n {2}npm install onthedot\n {2}${start} \\S+other\\.ts\n`),
  );
  mkdirSync(join(empty, "node_modules", "onthedot"), { recursive: true });
  writeFileSync(join(empty, "node_modules", "onthedot", "package.json"), "{}");
  expect((await call("init", join(empty, "third.ts"))).out).toMatch(
    new RegExp(`third\\.ts\n\n {2}${start} \\S+third\\.ts\n`),
  );
});

test("a mistake in a script is shown with its line, exit code 2", () => {
  const outside = mkdtempSync(join(tmpdir(), "onthedot-cli-"));
  onTestFinished(() => rmSync(outside, { recursive: true }));
  const listed = (name: string, sentence: string) => {
    const file = join(outside, name);
    writeFileSync(
      file,
      `import { every } from "${join(root, "src/index.ts")}";\n${sentence}.do(() => {});\n`,
    );
    const { status, stdout, stderr } = spawned("list", file);
    expect([status, stdout]).toEqual([2, ""]);
    return stderr;
  };
  expect(listed("wrong.mts", 'every("weekdya at 9am")')).toMatch(
    /^ {2}ScheduleError: Phrase: got "weekdya at 9am"\n\n {4}wrong\.mts:2 {3}every\("weekdya at 9am"\).*\n +\^{7} did you mean "weekday"\?\n/,
  );
  expect(listed("slip.mts", "(every(5) as any).minutes()")).toMatch(
    /slip\.mts:2 .*\n +\^{7} did you mean \.minutes\?/,
  );
  // A Node that runs TypeScript by itself tells the line of a CommonJS script that is imported; tsx does not.
  expect(listed("wrong.cts", 'every("weekdya at 9am")')).toMatch(
    thisRuntime().runsTypeScript
      ? /^ {2}ScheduleError: Phrase: got "weekdya at 9am"\n\n {4}wrong\.cts:2 .*\n +\^{7} did you mean "weekday"\?\n/
      : /^ {2}Phrase: got "weekdya at 9am"\. Did you mean "weekday"\?[\s\S]*\n {4}weekdya at 9am\n {4}\^{7}\n/,
  );
});
