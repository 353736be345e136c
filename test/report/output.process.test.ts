import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { callScript, scriptFile } from "../terminal/tmux.ts";

// Several processes under tsx, each some seconds on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const call = async (file: string, ...args: string[]): Promise<string> => {
  const { out, err } = await callScript(file, args, { env: { NO_COLOR: "1" } });
  return out + err;
};

interface Kept {
  readonly job: string;
  readonly outcome: string;
  readonly output?: string;
}

const keptBy = async (file: string): Promise<readonly Kept[]> => {
  // start() has no commands.
  const look = join(dirname(file), "look.ts");
  writeFileSync(
    look,
    'import { run } from "onthedot"; import { sqlite } from "onthedot/sqlite"; void run({ store: sqlite("jobs.db") });',
  );
  const { runs } = JSON.parse(await call(look, "history", "--json")) as { runs: readonly Kept[] };
  return runs.map(({ job, outcome, output }) => ({ job, outcome, ...(output !== undefined && { output }) }));
};

/** Two jobs whose runs overlap, each of which prints in turn, one that prints too much, and a program. */
const script = (how: string, options: string) =>
  scriptFile(`
import { every, run, start, stop } from "onthedot";
import { sqlite } from "onthedot/sqlite";
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const left = new Set(["calm", "rash", "chatty", "program"]);
const over = (name: string) => { left.delete(name); };
every().day.at("09:00").immediately().named("calm").times(1).do(async () => {
  console.log("calm 1"); await pause(60); console.log("calm 2"); over("calm");
});
every().day.at("09:00").immediately().named("rash").times(1).do(async () => {
  console.error("rash \\x1b[31m1\\x1b[39m"); await pause(30); process.stdout.write("rash"); await pause(60); console.log(" 2");
  over("rash");
  throw new Error("too rash");
});
every().day.at("09:00").immediately().named("chatty").times(1).do(async () => {
  for (let i = 0; i < 2_000; i++) console.log("第" + i + "行");
  over("chatty");
  throw new Error("printed too much");
});
every().day.at("09:00").immediately().named("program").times(1)
  .exec("node", ["-e", "console.log('from a program'); process.exit(3)"]);
void ${how}({ store: sqlite("jobs.db"${options}) });
const timer = setInterval(() => { if (left.size === 1) { clearInterval(timer); setTimeout(() => process.kill(process.pid, "SIGTERM"), 700); } }, 20);
${how === "start" ? 'process.on("SIGTERM", () => void stop().then(() => process.exit()));' : ""}
`);

test("what failed runs print is kept, though runs overlap, and shown by history", async () => {
  const file = script("run", "");
  await call(file);
  const kept = await keptBy(file);
  const of = (job: string) => kept.find((one) => one.job === job);
  expect(of("calm")).toEqual({ job: "calm", outcome: "succeeded" });
  expect(of("rash")).toEqual({
    job: "rash",
    outcome: "failed",
    output: "rash \x1b[31m1\x1b[39m\nrash 2\n",
  });
  expect(of("program")).toEqual({ job: "program", outcome: "failed", output: "from a program\n" });
  const chatty = of("chatty")!.output!;
  expect(chatty).toMatch(/^….*行\n第\d+行\n/);
  expect(chatty.endsWith("第1998行\n第1999行\n")).toBe(true);
  expect(Buffer.byteLength(chatty)).toBeLessThanOrEqual(4_096 + 3);
  expect(await call(file, "history", "rash")).toMatch(/rash {3}✖ Error: too rash\n {6}rash 1\n {6}rash 2\n$/);
  expect(await call(file, "history")).not.toContain("rash 1");
});

test('with "all" what other runs print is kept too, also under start()', async () => {
  const file = script("start", ', { output: "all" }');
  await call(file);
  expect(await keptBy(file)).toContainEqual({
    job: "calm",
    outcome: "succeeded",
    output: "calm 1\ncalm 2\n",
  });
});

test('with "none" nothing is kept', async () => {
  const file = script("run", ', { output: "none" }');
  await call(file);
  const kept = await keptBy(file);
  expect(kept.map(({ job }) => job).sort()).toEqual(["calm", "chatty", "program", "rash"]);
  expect(kept.every((run) => !("output" in run))).toBe(true);
});
