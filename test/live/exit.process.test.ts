import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createScheduler } from "onthedot";
import { expect, test } from "vitest";
import { callScript, scriptFile, withTsx } from "../terminal/tmux.ts";

const call = async (text: string, args: readonly string[] = []) => {
  const since = performance.now();
  const { code, out, err } = await callScript(scriptFile(text, "myjobs.ts", "module"), args);
  const lines = out.split("\n").filter(Boolean);
  const took = performance.now() - since;
  return { code, err, lines, out: lines.filter((line) => line.startsWith("- ")), took };
};

const limit = { timeout: 60_000 };

test.each([0, 1, 50, 1_500])("run() runs a job that is registered %i ms later", limit, async (wait) => {
  const { code, out } = await call(`
import { once, run } from "onthedot";
const running = run();
setTimeout(() => once("in 1 second").do(() => console.log("- ran")), ${wait});
await running;
console.log("- end");`);
  expect([code, out]).toEqual([0, ["- ran", "- end"]]);
});

test("run() runs a job that is registered after all others have finished", limit, async () => {
  const { code, out } = await call(`
import { once, run } from "onthedot";
once("in 1 second").do(() => console.log("- first"));
setTimeout(() => once("in 1 second").do(() => console.log("- second")), 2_500);
await run();
console.log("- end");`);
  expect([code, out]).toEqual([0, ["- first", "- second", "- end"]]);
});

test("run() without any job ends by itself, and says why it waits for something else", limit, async () => {
  expect(
    await call(`
import { run } from "onthedot";
await run();
console.log("- end");`),
  ).toMatchObject({ code: 0, out: ["- end"] });
  const waits = await call(`
import { listen, once, run } from "onthedot";
listen("warning", ({ message }) => console.log("- " + message));
once("in 1 second").do(() => {});
setTimeout(() => console.log("- other"), 5_000);
await run();
console.log("- end");`);
  expect(waits).toMatchObject({
    code: 0,
    out: [expect.stringMatching(/^- all jobs have finished; run\(\) waits/), "- other", "- end"],
  });
});

test("a job registered after run() has ended is reported", limit, async () => {
  const { code, out, err } = await call(`
import { every, once, run } from "onthedot";
once("in 1 second").do(() => console.log("- ran"));
await run();
every().hour.do(() => console.log("- never"));`);
  expect([code, out]).toEqual([0, ["- ran"]]);
  expect(err).toContain("1 job was scheduled after run() had ended, and will not run.");
});

test(
  "under start() the process ends when no job is left, and with { ref: false } at once",
  limit,
  async () => {
    expect(
      await call(`
import { once, start } from "onthedot";
start();
once("in 1 second").do(() => console.log("- ran"));`),
    ).toMatchObject({ code: 0, out: ["- ran"] });
    expect(
      await call(`
import { every, start } from "onthedot";
every().second.do(() => console.log("- ran"));
setTimeout(() => console.log("- work"), 1_300);
start({ ref: false });`),
    ).toMatchObject({ code: 0, out: expect.arrayContaining(["- ran", "- work"]) });
    expect(
      await call(`
import { every, start } from "onthedot";
every().hour.do(() => {});
every().hour.immediately().retry(3, { delay: "1 minute" }).named("retries").do(() => { throw new Error("no"); });
start({ ref: false });`),
    ).toMatchObject({ code: 0, out: [] });
  },
);

test("an idle worker thread does not keep the process alive", limit, async () => {
  const heavy = JSON.stringify(join(import.meta.dirname, "../tasks/workers/heavy.ts"));
  const { code, took } = await call(`
import { pathToFileURL } from "node:url";
import { once, start } from "onthedot";
once("in 1 second").worker({ file: pathToFileURL(${heavy}), export: "named" }, 1, 2);
start();`);
  expect(code).toBe(0);
  expect(took).toBeLessThan(9_000);
});

test("a second run() gets the same promise, and one with other options is an error", async () => {
  const { run, stop } = createScheduler();
  const first = run({ cli: false, keys: false });
  expect(run()).toBe(first);
  expect(run({ keys: false, cli: false })).toBe(first);
  await expect(run({ cli: false })).rejects.toMatchObject({ code: "options" });
  await expect(run({ cli: false, verbose: true })).rejects.toThrow("with other options");
  await stop(0);
  await first;
});

test("start() checks its options at once, also while it is being stopped", async () => {
  const { every, start, stop } = createScheduler();
  every().hour.do(() => {});
  start();
  const stopped = stop(0);
  expect(() => start({ store: "jobs.db" as never })).toThrow('got "jobs.db"');
  expect(() => start({ engine: "redis://localhost" as never })).toThrow("an engine, as in");
  await stopped;
});

test(
  "a TZ that is set after the first schedule was built changes nothing, and is reported",
  limit,
  async () => {
    const { code, out } = await call(`
import { every, listen, run } from "onthedot";
listen("warning", ({ message }) => console.log("- " + message));
const before = every().day.at("09:00").next()[0].toISOString();
process.env.TZ = "Asia/Singapore";
console.log("- " + (every().day.at("09:00").next()[0].toISOString() === before));
setTimeout(() => process.exit(), 1_500);
every().day.at("09:00").do(() => {});
run({ cli: false });`);
    expect(code).toBe(0);
    expect(out).toEqual([
      "- true",
      expect.stringMatching(/^- TZ was set to "Asia\/Singapore" after the first schedule/),
    ]);
  },
);

test(
  "under start() a failure is reported with the user's own line, and shortly when it comes again",
  limit,
  async () => {
    const { err } = await call(`
import { every, start } from "onthedot";
every().second.times(3).named("price").do(() => { throw new Error("no price"); });
start();`);
    expect(err.split("\n").filter(Boolean)).toEqual([
      "onthedot: price failed:",
      "    Error: no price",
      expect.stringMatching(/^ {6}at .*myjobs\.ts:3/),
      expect.stringContaining("2 | import"),
      expect.stringContaining("> 3 | every()"),
      expect.stringContaining("^"),
      expect.stringContaining("4 | start()"),
      expect.stringMatching(/^onthedot: price failed again \(2 in a row\): Error: no price at myjobs\.ts:3$/),
      expect.stringMatching(/^onthedot: price failed again \(3 in a row\)/),
    ]);
  },
);

test("a reader that has seen enough ends the script quietly", limit, async () => {
  const file = scriptFile(
    `
import { every, run } from "onthedot";
every().second.named("long").do(() => console.log("line"));
process.on("exit", (code) => process.stderr.write("exit " + code));
run();`,
    "myjobs.ts",
    "module",
  );
  const child = spawn(process.execPath, [...withTsx, file], {
    cwd: dirname(file),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect([code, err]).toEqual([0, "exit 0"]);
});

const forgotten = 'Promise.reject(new Error("forgotten"))';
test.each([
  ["awaited by nobody", `(async () => { await 1; await ${forgotten}; })();`, "A promise that backup started"],
  ["in a callback", 'setTimeout(() => { throw new Error("late"); }, 10);', "A callback that backup started"],
])("an error %s that ends the process names the job whose task started it", limit, async (_, task, says) => {
  const { code, err } = await call(`
import { every, run } from "onthedot";
every().second.do(function backup() { ${task} });
run();`);
  expect(code).toBe(1);
  expect(err).toMatch(new RegExp(`^\\n  onthedot: ${says}.*Node ends the process`));
  expect(err).toMatch(/Error: (?:forgotten|late)\n/);
});

test("a rejection that no job started is reported as one of an unknown job", limit, async () => {
  const { code, err } = await call(`
import { every, run } from "onthedot";
every().second.do(() => {});
setTimeout(() => ${forgotten}, 1_500);
run();`);
  expect([code, err.includes("which job started it is unknown")]).toEqual([1, true]);
});

test("a script that handles rejections itself is left alone", limit, async () => {
  const { out, err } = await call(`
import { every, run } from "onthedot";
process.on("unhandledRejection", (error) => console.log("- " + error.message));
every().second.times(1).do(() => void ${forgotten});
run();`);
  expect([out, err]).toEqual([["- forgotten"], ""]);
});

test("run <job> --json writes JSON lines alone, what the job prints among them", limit, async () => {
  const { code, lines } = await call(
    `
import { every, run } from "onthedot";
every().day.do(async function backup() { console.log("hello"); process.stdout.write("no end"); });
run();`,
    ["run", "backup", "--json"],
  );
  const events = lines.map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(events.map(({ event, text }) => text ?? event)).toEqual(["started", "hello", "no end", "succeeded"]);
});

test(
  "with --json what a script prints before run() is an output event, and beside a command on stderr",
  limit,
  async () => {
    const text = `
import { once, run } from "onthedot";
console.log("- before");
console.warn("warned");
once("in 1 second").named("one").do(() => console.log("during"));
await new Promise((go) => setTimeout(go, 100));
console.log("later");
run();`;
    const shown = ({ lines }: { readonly lines: readonly string[] }) =>
      lines.map((line) => JSON.parse(line)).map(({ event, job, text }) => text ?? `${event} ${job}`);
    const ran = await call(text, ["--json"]);
    expect([ran.code, ran.err]).toEqual([0, "warned\n"]);
    expect(shown(ran).slice(0, 6)).toEqual([
      "opened undefined",
      "- before",
      "later",
      "started one",
      "during",
      "succeeded one",
    ]);
    const listed = await call(text, ["list", "--json"]);
    expect(JSON.parse(listed.lines.join("\n")).jobs).toHaveLength(1);
    expect(listed.err).toContain("- before\nlater\n");
    expect((await call(text)).lines.slice(0, 2)).toEqual(["- before", "later"]);
    // A --json of the script's own.
    expect((await call('import "onthedot"; console.log("own"); process.exit(3);', ["--json"])).lines).toEqual(
      ["own"],
    );
  },
);

test("a script goes on when the disk that its output is written to is full", limit, async () => {
  const file = scriptFile(
    `
import { every, run } from "onthedot";
import { writeFileSync } from "node:fs";
every().second.times(2).do(() => writeFileSync("ran", "x", { flag: "a" }));
run();`,
    "myjobs.ts",
    "module",
  );
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [...withTsx, file], {
    cwd: dirname(file),
    stdio: ["ignore", full, "inherit"],
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  closeSync(full);
  expect([code, readFileSync(join(dirname(file), "ran"), "utf8")]).toEqual([0, "xx"]);
});
