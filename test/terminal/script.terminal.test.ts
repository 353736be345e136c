import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { callScript as call, type Ended, scriptFile } from "./tmux.ts";

const jobs = `
import { every, run } from "onthedot";
console.error("the script is read");
every().day.at("09:00").do(function standup() { console.log("standing"); });
every().day.at("10:00").do(function fails() { throw new Error("always"); });
run();
`;

/** A machine that is busy makes a script stand still now and then, and the script says so. */
const isOwnDoing = (event: string): boolean => event !== "clockJumped";

describe.concurrent("a script without a terminal", { timeout: 60_000 }, () => {
  test("is its own command line", async () => {
    const file = scriptFile(jobs);
    const [list, run, fails, wrong] = await Promise.all([
      call(file, ["list"]),
      call(file, ["run", "standup"]),
      call(file, ["run", "fails"]),
      call(file, ["run", "stadnup"]),
    ]);
    expect(list.code).toBe(0);
    expect(list.out).toMatch(/ {2}standup +every day at 09:00/);
    expect(run).toMatchObject({ code: 0, out: expect.stringContaining("standing\n  ✔ ") });
    expect(fails.code).toBe(1);
    expect(fails.err).toMatch(/Error: always\n +at fails \(myjobs\.ts:5:53\)\n\n +4 \|/);
    expect(wrong).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining('No job "stadnup". Did you mean standup?'),
    });
  });

  test("reads no argument of its user, and none at all with { cli: false }", async () => {
    const theirs = await call(scriptFile(jobs), ["photos", "--backup", "list"], {
      when: (out, kill) => out.includes("start jobs=2") && kill("SIGTERM"),
    });
    expect(theirs).toMatchObject({ code: 0, out: expect.stringMatching(/start jobs=2 [\s\S]*end /) });
    const slip = await call(scriptFile(jobs), ["--backup", "list"]);
    expect(slip).toMatchObject({ code: 2, out: "", err: expect.stringContaining('has no flag "--backup"') });
    const none = await call(scriptFile(jobs.replace("run()", "run({ cli: false })")), ["list"], {
      when: (out, kill) => out.includes("start jobs=2") && kill("SIGTERM"),
    });
    expect(none).toMatchObject({ code: 0, out: expect.stringMatching(/start jobs=2/) });
  });

  test("drains on SIGTERM, without one escape sequence", async () => {
    const file = scriptFile(`
import { every, run } from "onthedot";
every().day.at("09:00").immediately().do(async function backup({ signal }) {
  await new Promise((done) => setTimeout(done, 700));
  console.log("whole", signal.aborted);
});
run();
`);
    const { code, out } = await call(file, [], {
      when: (text, kill) => text.includes("run   backup") && kill("SIGTERM"),
    });
    expect(code).toBe(0);
    expect(out.replaceAll(/^\S+ woke .*\n/gm, "")).toMatch(
      /^\S+ start jobs=1 .*\n\S+ run {3}backup\n\S+ stop {2}waiting=backup grace=30s\nwhole true\n\S+ ok {4}backup \d+ms .*\n\S+ end {3}after=\S+ runs=1 failed=0 missed=0\n$/,
    );
    expect(out).not.toContain("\x1b");
  });

  test("writes JSON with LOG_FORMAT=json", async () => {
    const file = scriptFile(`
import { CancelJob, every, run } from "onthedot";
every().day.at("09:00").immediately().do(function once() { return CancelJob; });
run();
`);
    const { code, out } = await call(file, [], { env: { LOG_FORMAT: "json" } });
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).event)
        .filter(isOwnDoing),
    ).toEqual(["opened", "started", "succeeded", "removed", "stopped"]);
  });

  test("tells with --debug what it waits for", async () => {
    const { code, out } = await call(scriptFile(jobs), ["--debug"], {
      when: (text, kill) => text.includes("debug ") && kill("SIGTERM"),
    });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^\S+ debug heap=2 top=(?:standup|fails)@\S+T(?:09|10):00:00\S+ sleep=30000ms capped$/m,
    );
  });

  for (const type of ["commonjs", "module"] as const)
    test(`a mistake is shown with its line (${type})`, async () => {
      const file = scriptFile(
        `
import { every, run } from "onthedot";
interface Photos { where: string }
const backup = (what: Photos | string): any => undefined;
every(10).minutes.do(backup("photos"));
run();
`,
        "myjobs.ts",
        type,
      );
      const { code, out, err } = await call(file);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(
        /^\nScheduleError: \.do\(\) expects a function but got undefined\n\n {2}myjobs\.ts:5 {3}every\(10\)\.minutes\.do\(backup\("photos"\)\);\n {37}\^{16} this calls backup now and passes its return value\n\n {2}write \.do\(backup, "photos"\) {3}or {3}\.do\(\(\) => backup\("photos"\)\)\n\n {2}not-a-function: https:\S+errors\.md\n\n$/,
      );
      expect(err).not.toMatch(/src\/fluent|node:internal|called from/);
    });

  for (const type of ["commonjs", "module"] as const)
    test(`what is loaded later knows the jobs: explain has their policies, ping is sent (${type})`, async () => {
      const pings: string[] = [];
      const server = createServer(({ url = "" }, answer) => {
        pings.push(url.replace(/\?.*/, ""));
        answer.end();
      });
      await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
      const { port } = server.address() as AddressInfo;
      const text = `
import { CancelJob, every, run } from "onthedot";
every().day.at("02:30").immediately().overlap("queue").ping("http://127.0.0.1:${port}/watch").do(function backup() { return CancelJob; });
run();
`;
      const file = scriptFile(text, "myjobs.ts", type);
      const [explained, ran] = [await call(file, ["explain", "backup"]), await call(file)];
      server.close();
      expect(explained.out).toMatch(/overlap +queue: a run that is due while the last one is still running/);
      expect(ran.code).toBe(0);
      expect(pings).toEqual(["/watch/start", "/watch"]);
    });

  test("a second start on one store is refused in two lines, and list tells of the first", async () => {
    const file = scriptFile(`
import { every, run } from "onthedot";
import { sqlite } from "onthedot/sqlite";
every().day.at("02:30").do(function backup() {});
run({ store: sqlite("jobs.db") });
`);
    const free = await call(file, ["list"]);
    expect(free.out).toMatch(/1 job · .* · not running now\n/);
    let others: Promise<readonly Ended[]> | undefined;
    const first = await call(file, [], {
      when(out, kill) {
        if (!out.includes("start jobs=1")) return;
        others ??= Promise.all([call(file), call(file, ["list"])]).finally(() => kill("SIGTERM"));
      },
    });
    const [second, list] = (await others)!;
    expect(first.code).toBe(0);
    expect(second).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(
        /^\n {2}onthedot: myjobs\.ts is already running \(pid \d+, since [-\d]{10} [:\d]{5}\) on jobs\.db, and its jobs would run twice\.\n {12}Stop that one, or start this one with --allow-multiple/,
      ),
    });
    expect(list!.out).toMatch(/1 job · .* · running since today \d\d:\d\d \(pid \d+\)\n/);
  });

  test("a script that handles its uncaught errors is left alone, and so are errors of others", async () => {
    const handled = await call(
      scriptFile(`
import { every } from "onthedot";
process.on("uncaughtException", (error) => { console.log("handled", (error as any).code); process.exitCode = 7; });
every().day.at("9:60" as string).do(() => {});
`),
    );
    expect(handled).toMatchObject({ code: 7, out: "handled time-of-day\n", err: "" });
    const other = await call(scriptFile(`import "onthedot"; throw new RangeError("theirs");`));
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/RangeError: theirs\n +at [\s\S]*Node\.js v/);
  });

  test("a script that forgets run() is reported, by its name", async () => {
    const { code, out, err } = await call(scriptFile(jobs.replace("run();", ""), "reminders.ts"));
    expect([code, out]).toEqual([0, ""]);
    expect(err).toContain("2 jobs were scheduled, but run() was never called, so the script ends here.");
    expect(err).toContain("Put  run();  on the last line of reminders.ts.");
  });

  test("a sentence without do is reported with its line, run() or not", async () => {
    const text = jobs.replace("run();", "every(5).minutes;\nrun();");
    const stop = {
      when: (out: string, kill: (signal: NodeJS.Signals) => void) => out.includes("warn") && kill("SIGTERM"),
    };
    const messages = "every(5).minutes has no .do(…), so it schedules nothing";
    const [ran, forgot] = await Promise.all([
      call(scriptFile(text), [], stop),
      call(scriptFile(text.replace("run();", ""))),
    ]);
    expect(ran.out).toContain(`warn  ${messages}`);
    expect(forgot.err).toContain(`onthedot: ${messages}`);
    expect(forgot.err).toContain("run() was never called");
  });

  test("a zone that is not known is reported at the start", async () => {
    const stop = {
      when: (out: string, kill: (signal: NodeJS.Signals) => void) =>
        /start[\s\S]*\n/.test(out) && kill("SIGTERM"),
    };
    for (const [TZ, printed] of [
      ["", "TZ is empty"],
      ["Europe/Berln", `TZ="Europe/Berln" is not a zone Node knows`],
    ] as const) {
      const { out } = await call(scriptFile(jobs), [], { env: { TZ }, ...stop });
      expect(out).toMatch(new RegExp(`warn  ${printed.replaceAll(/[/.]/g, "\\$&")}`));
    }
  });

  test("start() prints nothing, and stop() ends a run()", async () => {
    const quiet = await call(
      scriptFile(`
import { every, start, stop } from "onthedot";
every().day.at("09:00").immediately().do(() => void setTimeout(stop, 50));
start();
`),
    );
    expect(quiet).toMatchObject({ code: 0, out: "", err: "" });
    const ended = await call(
      scriptFile(`
import { every, run, stop } from "onthedot";
every().day.at("09:00").immediately().do(function once() { setTimeout(stop, 50); });
run().then(() => console.log("it goes on"));
`),
    );
    expect(ended).toMatchObject({
      code: 0,
      out: expect.stringMatching(/end {3}after=\S+ runs=1 failed=0 missed=0\nit goes on\n$/),
    });
  });
});
