import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasTmux, inTerminal, type Session, scriptFile } from "./tmux.ts";

const root = join(import.meta.dirname, "../..");

/** A lesson in a terminal of its own. */
const lessonTest = (name: string, args: readonly string[], act: (terminal: Session) => Promise<void>): void =>
  test(name, async () => {
    const words = JSON.stringify(["lessons", ...args]);
    const script = scriptFile(
      `import { main } from ${JSON.stringify(join(root, "src/cli/cli.ts"))};
process.exitCode = await main(${words}, process.stdout, process.stderr);`,
      "lessons.mts",
    );
    // The scripts of lessons import the package as those of its users do.
    const env = { TSX_TSCONFIG_PATH: join(root, "tsconfig.json") };
    await inTerminal(script, act, { columns: 80, rows: 30, env });
  });

test("tmux is there", () => expect(hasTmux()).toBe(true));

describe.concurrent("a lesson asks its question", { timeout: 60_000 }, () => {
  lessonTest("a right answer is explained", ["2"], async (terminal) => {
    await terminal.until("a, b or c?");
    terminal.press("b", "Enter");
    const seen = await terminal.until("exit code 0");
    expect(seen).toMatch(/a, b or c\? b\n {2}✔ Right: its turn is the sleep plus the work/);
    expect(seen).not.toContain("The answer is b");
  });

  lessonTest("a wrong one is explained, and what is right", ["2"], async (terminal) => {
    await terminal.until("a, b or c?");
    terminal.press("a", "Enter");
    const seen = await terminal.until("exit code 0");
    expect(seen).toMatch(/ {2}✖ No: the schedule has an anchor.*\n.*\n {2}✔ The answer is b: its turn is/);
  });

  lessonTest("something else is asked again, and nothing at all is reported", ["loop"], async (terminal) => {
    await terminal.until("a, b or c?");
    terminal.press("x", "Enter");
    await terminal.until("Type a, b or c, or press Enter for the answer:");
    terminal.press("Enter");
    const seen = await terminal.until("exit code 0");
    expect(seen).toMatch(/✖ Not a: [\s\S]*✔ The answer is b: [\s\S]*✖ Not c: /);
  });

  lessonTest("Ctrl-D is reported as well", ["8"], async (terminal) => {
    await terminal.until("a, b or c?");
    terminal.press("C-d");
    const seen = await terminal.until("exit code 0");
    expect(seen).toMatch(/ {2}a, b or c\?\n {2}✖ Not a: [\s\S]*✔ The answer is b: attempts belong to their/);
  });

  lessonTest("Ctrl-C leaves, exit code 130", ["5"], async (terminal) => {
    await terminal.until("a, b or c?");
    terminal.press("C-c");
    expect(await terminal.until(/exit code \d+/)).toContain("exit code 130");
  });

  lessonTest("with --answer nobody is asked", ["3", "--answer"], async (terminal) => {
    const seen = await terminal.until("exit code 0");
    expect(seen).toContain("✔ The answer is b: the heap is a few levels deeper");
    expect(seen).not.toContain("a, b or c?");
  });
});
