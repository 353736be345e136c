import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { displayWidth } from "../../src/terminal/text.ts";
import { hasTmux, inTerminal, type Session, scriptFile } from "./tmux.ts";

const canOpen = hasTmux();
if (!canOpen)
  console.warn(
    "\n  LEFT OUT: the tests of the screen in a real terminal need tmux (apt-get install tmux).\n",
  );

const screenTest = (
  name: string,
  text: string,
  act: (session: Session) => Promise<void>,
  options?: { columns: number },
): void => test(name, () => inTerminal(scriptFile(text), act, options));

const jobs = `
import { every, run } from "onthedot";
interface Offer { price: number }
let waits = 0;
async function backup(this: unknown, ...[{ signal }]: any[]) {
  console.log("backing up");
  await new Promise((done) => setTimeout(done, 1500));
}
function priceCheck(): void {
  const offer = undefined as Offer | undefined;
  console.log("PS5", offer!.price);
}
every().second.do(function tick() {});
every().day.at("00:00").do(backup);
every().day.at("00:00").named("备份照片").do(priceCheck);
run({ grace: "20 seconds" });
`;

const lastLine = (seen: string): string => seen.split("\n").at(-1)!;

describe.skipIf(!canOpen)("in a terminal", { concurrent: true, timeout: 60_000 }, () => {
  screenTest("the status line stays last, keys work, Ctrl-C drains", jobs, async (session) => {
    const first = await session.until("h help");
    expect(first).toMatch(/^\n? {2}onthedot \d+\.\d+\.\d+ · myjobs\.ts · 3 jobs · /);
    const seen = await session.until(/tick ×[4-9]/);
    expect(seen.match(/next tick/g)).toHaveLength(1);
    expect(seen.match(/✔ tick/g)).toHaveLength(2);

    session.press("h");
    await session.until("pause all jobs");
    session.press("l");
    await session.until(/备份照片[\s\S]*备份照片/);
    session.press("r");
    await session.until("run now: tick (1 of 3)");
    session.press("b");
    await session.until("run now: backup");
    session.press("Enter");
    await session.until("backing up");
    await session.until(/✔ backup +1\.\ds/);
    session.press("r");
    session.press("备");
    session.press("Enter");
    const failed = await session.until("try it:");
    expect(failed).toContain("TypeError: Cannot read properties of undefined (reading 'price')");
    expect(failed).toContain("at priceCheck (myjobs.ts:11:29)");
    expect(failed).toContain('> 11 |   console.log("PS5", offer!.price);');
    expect(failed).not.toContain("node_modules");
    await session.until("✖ 1 failing");

    session.press("p");
    await session.until("‖ all paused");
    expect(session.read()).toContain("3 jobs · paused · press p to resume");
    session.press("p");
    await session.until(/next tick in 1s/);

    session.press("r", "b", "Enter");
    await session.until(/▶ backup 1s/);
    session.press("C-c");
    const end = await session.until("exit code 0");
    expect(end).toMatch(
      /stopping · waiting for backup \(running \ds\) · up to 20s more[\s\S]*Ctrl-C again to abandon it\n[\s\S]*✔ backup[\s\S]*stopped after \S+ · \d+ runs · 1 failed · 0 missed\nexit code 0$/,
    );
    expect(end).not.toMatch(/h help|Ctrl-C to abandon$/m);
  });

  screenTest(
    "Ctrl-C twice abandons what runs, with code 130",
    `
import { every, run } from "onthedot";
every().day.at("00:00").immediately().do(async function backup() {
  await new Promise((done) => setTimeout(done, 60_000));
});
run();
`,
    async (session) => {
      await session.until(/▶ backup \d/);
      session.press("C-c");
      await session.until("Ctrl-C again");
      // Sooner, the second would count as the same.
      await session.until(/stopping · backup \ds · up to 2[89]s more/);
      session.press("C-c");
      const seen = await session.until("exit code 130");
      expect(seen).toMatch(/stopped after .* · abandoned backup\nexit code 130$/);
    },
  );

  screenTest(
    "with nothing running, the end comes at once",
    'import { every, run } from "onthedot"; every().day.at("00:00").do(function backup() {}); run();',
    async (session) => {
      await session.until("h help");
      session.press("q");
      const seen = await session.until("exit code 0");
      expect(seen).toMatch(/stopped after .* · 0 runs · 0 failed · 0 missed\nexit code 0$/);
      expect(seen).not.toContain("stopping");
    },
  );

  screenTest(
    "a narrower and a wider window leave one status line and all output",
    `
import { every, run } from "onthedot";
every().second.do(function aJobWithALongName() { console.log("output that stays"); });
every().day.at("00:00").named("另一个名字很长的任务").do(() => {});
run();
`,
    async (session) => {
      await session.until(/aJobWithALongName ×3/);
      for (const columns of [44, 120, 30, 90]) {
        session.resize(columns, 30);
        const outputs = (seen: string) => seen.replaceAll("\n", "").split("output that stays").length;
        const before = outputs(session.read());
        const seen = await session.until((now) => outputs(now) > before + 1 && now.includes("next aJobWith"));
        expect(seen.match(/next aJobWith/g)).toHaveLength(1);
        expect(displayWidth(lastLine(seen))).toBeLessThan(columns);
      }
    },
    { columns: 100 },
  );

  screenTest(
    "a half-written line suspends the status line, and stderr goes above it too",
    `
import { every, run } from "onthedot";
every().day.at("00:00").immediately().do(async function dots() {
  for (let i = 0; i < 20; i++) {
    process.stdout.write(".");
    await new Promise((done) => setTimeout(done, 100));
  }
  process.stdout.write("\\n");
  console.error("a word on stderr");
});
run();
`,
    async (session) => {
      const half = await session.until(/^\.{3,19}$/m);
      expect(lastLine(half)).toMatch(/^\.+$/);
      const seen = await session.until("✔ dots");
      expect(seen).toContain(`${".".repeat(20)}\na word on stderr\n`);
      await session.until(/next dots in .* · h help$/);
    },
  );

  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }])
    test(`${Object.keys(env)[0]}: not one escape sequence`, async () => {
      const file = scriptFile(noting);
      await inTerminal(
        file,
        async (session) => {
          await session.until(/fail {2}tick|✖ tick/);
          session.press("C-c");
          await session.until("exit code 0");
        },
        { env },
      );
      const written = readFileSync(join(dirname(file), "written"), "utf8");
      expect(written).toContain("tick");
      expect(written).not.toContain("\x1b");
    });

  screenTest(
    "a script that crashes leaves the terminal as it was",
    `
import { every, run } from "onthedot";
every().day.at("00:00").do(function backup() {});
run();
setTimeout(() => { throw new RangeError("of another part of the script"); }, 1500);
`,
    async (session) => {
      await session.until("h help");
      const seen = await session.until("exit code 1");
      expect(seen).toContain("RangeError: of another part of the script");
      expect(seen).not.toContain("h help");
    },
  );
});

/** A script that notes all that is written on its terminal. */
const noting = `
import { appendFileSync } from "node:fs";
import { every, run } from "onthedot";
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = ((chunk: any, ...rest: any[]) => {
  appendFileSync("written", chunk);
  return write(chunk, ...rest);
}) as any;
let count = 0;
every().second.do(function tick() {
  if (++count === 2) throw new Error("no");
});
run();
`;
