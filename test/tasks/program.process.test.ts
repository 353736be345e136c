import { tmpdir } from "node:os";
import { createScheduler, type Job } from "onthedot";
import { afterEach, expect, test, vi } from "vitest";
import { type ProgramOptions, programCall } from "../../src/tasks/prepare.ts";
import { notStarted } from "../../src/tasks/program.ts";
import { isProcessAlive, until } from "./until.ts";

const node = process.execPath;

/** A job that is run by hand, and all that it wrote: what went to stderr has an exclamation mark. */
const program = (code: string, options: ProgramOptions = {}) => {
  const { every, listen } = createScheduler();
  // Nothing but the program's own output goes to the console.
  listen("failed", () => {});
  return every()
    .hour.named("job")
    .exec(node, ["-e", code], { ...options, shell: false });
};

const written: string[] = [];
vi.spyOn(console, "log").mockImplementation((line) => void written.push(line));
vi.spyOn(console, "error").mockImplementation((line) => void written.push(`! ${line}`));
afterEach(() => {
  written.length = 0;
});

const failureOf = (job: Job): Promise<Error> =>
  job.run().then(
    () => expect.unreachable("it succeeded"),
    (error) => error,
  );

test("what a program writes goes to the log line by line, in order, behind the job's name", async () => {
  await program(`console.log("one\\ntwo"); process.stdout.write("three, not ended")`).run();
  expect(written).toEqual(["job | one", "job | two", "job | three, not ended"]);
});

test("errors go where errors go, and an output far larger than a pipe arrives whole", async () => {
  await program(`for (let i = 0; i < 20_000; i++) console.log("line " + i); console.error("oh")`).run();
  expect(written.filter((line) => line.startsWith("!"))).toEqual(["! job | oh"]);
  const lines = written.filter((line) => !line.startsWith("!"));
  expect(lines).toEqual(Array.from({ length: 20_000 }, (_, i) => `job | line ${i}`));
});

test("an exit code other than 0 is a failure that says the code and the last line of the errors", async () => {
  const job = program(`console.error("first"); console.error("no space left\\n"); process.exitCode = 23`);
  const error = await failureOf(job);
  expect(error).toMatchObject({ name: "ProgramError", code: 23, signal: undefined });
  expect(error.message).toBe(`${node} exited with code 23: no space left`);
  expect(job.history()).toMatchObject([{ outcome: "failed", error: `ProgramError: ${error.message}` }]);
});

test("other exit codes can be successes", async () => {
  const job = program("process.exitCode = 24", { exitCodes: [0, 24] });
  await job.run();
  expect(job.history()).toMatchObject([{ outcome: "succeeded" }]);
});

test("a program that is ended by a signal of its own is a failure that names it", async () => {
  const error = await failureOf(program(`process.kill(process.pid, "SIGKILL")`));
  expect(error).toMatchObject({
    message: `${node} was killed by SIGKILL`,
    signal: "SIGKILL",
    code: undefined,
  });
});

test("a program gets its folder, its variables, its input, and what it needs to know of its run", async () => {
  process.env.ONTHEDOT_TEST_TAKEN = "here";
  const job = program(
    `let read = ""; process.stdin.on("data", (text) => { read += text; }).on("end", () => {
       const { GREETING, ONTHEDOT_TEST_TAKEN, ONTHEDOT_JOB, ONTHEDOT_SCHEDULED, ONTHEDOT_ATTEMPT } = process.env;
       console.log(process.cwd(), read, GREETING, ONTHEDOT_TEST_TAKEN, ONTHEDOT_JOB, isNaN(Date.parse(ONTHEDOT_SCHEDULED)), ONTHEDOT_ATTEMPT);
     });`,
    { cwd: tmpdir(), stdin: "hello", env: { GREETING: "$HOME", ONTHEDOT_TEST_TAKEN: undefined } },
  );
  await job.run();
  delete process.env.ONTHEDOT_TEST_TAKEN;
  expect(written).toEqual([`job | ${tmpdir()} hello $HOME undefined job false 1`]);
});

test("without input a program reads the end at once", async () => {
  await program(`process.stdin.on("end", () => console.log("end")).resume()`).run();
  expect(written).toEqual(["job | end"]);
});

test("an input that nobody reads harms nobody", async () => {
  await program("", { stdin: "x".repeat(1_000_000) }).run();
});

test("no shell reads the arguments, unless one is asked for", async () => {
  const { every, listen } = createScheduler();
  listen("failed", () => {});
  const plain = every().hour.exec("echo", ["$HOME *; exit 3"]);
  await plain.run();
  const line = every().hour.exec("echo one | tr a-z A-Z; exit 3", { shell: true });
  expect(await failureOf(line)).toMatchObject({ code: 3 });
  expect(written).toEqual(["echo | $HOME *; exit 3", "echo | ONE"]);
});

test.each([
  ["rsync", ["-a"], undefined, "rsync"],
  ["/usr/local/bin/backup.sh", [], undefined, "backup.sh"],
  ["LC_ALL=C sort names | uniq", undefined, { shell: true }, "sort"],
])("the job of %j is named after the program", (command, args, options, name) => {
  const { every } = createScheduler();
  const job = args ? every().hour.exec(command, args) : every().hour.exec(command, { ...options });
  expect(job.name).toBe(name);
});

test.each([
  ["onthedot-no-such-program", [], "onthedot-no-such-program was not found on PATH"],
  ["./no-such.sh", ["-v"], `./no-such.sh was not found from ${process.cwd()}`],
])("%j that is not there says so", async (command, args, message) => {
  const { every } = createScheduler();
  expect((await failureOf(every().hour.exec(command, args))).message).toBe(message);
});

test("a folder that is not there, and a file that is no program, are reported", async () => {
  const { every } = createScheduler();
  const nowhere = every().hour.exec(node, [], { cwd: "/no/such/folder" });
  expect((await failureOf(nowhere)).message).toBe(
    `${node} was not started: there is no folder /no/such/folder`,
  );
  const noProgram = every().hour.exec(import.meta.filename);
  expect((await failureOf(noProgram)).message).toContain("is not executable: chmod +x");
});

const say = createScheduler().every().hour;
test.each([
  [() => say.exec(""), "program"],
  [() => say.exec("ls", ["a\0b"]), "program"],
  [() => say.exec("ls", ["-l"], { shell: true } as never), "program"],
  [() => say.exec("ls", { grace: "soon" }), "duration"],
  [() => (createScheduler().every(5) as never as { exec(name: string): Job }).exec("ls"), "unit"],
])("%s is rejected where it is written", (wrong, code) => {
  expect(wrong).toThrow(expect.objectContaining({ code }));
});

const ready = `console.log("ready " + process.pid)`;
const pidOf = async (): Promise<number> => {
  await until(() => written.some((line) => line.includes("ready")));
  return Number(/ready (\d+)/.exec(written.join("\n"))![1]);
};

test("a program that takes too long is ended, and that is the outcome", async () => {
  const { every } = createScheduler();
  const job = every()
    .hour.named("job")
    .timeout("700 ms")
    .exec(node, ["-e", `${ready}; setInterval(() => {}, 1000)`]);
  const failure = failureOf(job);
  const pid = await pidOf();
  expect(await failure).toMatchObject({ name: "TimeoutError" });
  expect(isProcessAlive(pid)).toBe(false);
  expect(job.history()).toMatchObject([{ outcome: "timedOut" }]);
});

test("a program that ignores SIGTERM is killed after its grace, and the run has not ended before", async () => {
  const deaf = `process.on("SIGTERM", () => console.log("no")); ${ready}; setInterval(() => {}, 9)`;
  const job = program(deaf, { grace: "300 ms" });
  const failure = failureOf(job);
  const pid = await pidOf();
  job.cancel();
  expect(isProcessAlive(pid)).toBe(true);
  expect(await failure).toMatchObject({ name: "AbortError" });
  expect(written).toContain("job | no");
  expect(isProcessAlive(pid)).toBe(false);
  expect(job.history()).toMatchObject([{ outcome: "cancelled" }]);
});

test("what a program has started is ended with it, also where the program itself has gone first", async () => {
  const stubborn = `process.on("SIGTERM", () => {}); ${ready}; setInterval(() => {}, 9)`;
  const parent = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { stdio: "inherit" })`;
  const job = program(parent, { grace: "300 ms" });
  const failure = failureOf(job);
  const grandchild = await pidOf();
  job.cancel();
  await failure;
  await until(() => !isProcessAlive(grandchild));
});

test("a program that leaves another one behind, which holds its output, has ended all the same", async () => {
  const left = `${ready}; setInterval(() => {}, 1000)`;
  const parent = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(left)}], { stdio: "inherit" }).unref(); setTimeout(() => process.exit(), 600)`;
  const job = program(parent);
  await job.run();
  expect(job.history()).toMatchObject([{ outcome: "succeeded" }]);
  const pid = await pidOf();
  expect(isProcessAlive(pid)).toBe(true);
  process.kill(pid, "SIGKILL");
});

test("stop() ends a program and waits for it", async () => {
  const { every, start, stop } = createScheduler();
  const job = every()
    .hour.immediately()
    .named("job")
    .exec(node, [
      "-e",
      `process.on("SIGTERM", () => { console.log("bye"); process.exit() }); ${ready}; setInterval(() => {}, 9)`,
    ]);
  start();
  const pid = await pidOf();
  await stop();
  expect(written).toContain("job | bye");
  expect(isProcessAlive(pid)).toBe(false);
  expect(job.history()).toMatchObject([{ outcome: "cancelled" }]);
});

test("on Windows, a batch file such as npm is named with the line that starts it", () => {
  const shown = (code: string, name: string, platform: NodeJS.Platform) =>
    notStarted(Object.assign(new Error(code), { code }), programCall(name, ["ci"], {}), platform).message;
  const line = '.exec("cmd", ["/c","npm","ci"])';
  expect(shown("ENOENT", "npm", "win32")).toContain(line);
  expect(shown("EINVAL", "npm.cmd", "win32")).toContain(line);
  expect(shown("ENOENT", "rsync", "win32")).toBe("rsync was not found on PATH");
  expect(shown("ENOENT", "npm", "linux")).toBe("npm was not found on PATH");
});
