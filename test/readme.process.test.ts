import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createScheduler } from "onthedot";
import { VirtualClock } from "onthedot/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { doors } from "./doors.ts";
import { type Block, blocksOf, commentsOf, phrasesOf } from "./markdown.ts";
import { pages } from "./pages.ts";
import { runOnVirtualTime } from "./virtual-machine.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Monday. */
const machine = { start: "2026-11-23 08:00:00", zone: "Europe/Berlin", length: "10 minutes" };

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `src/${name}`);

const blocks: readonly Block[] = [
  ...pages.flatMap((page) => blocksOf(page, readFileSync(join(root, page), "utf8"))),
  ...sources.flatMap((file) => blocksOf(file, commentsOf(readFileSync(join(root, file), "utf8")))),
];

/** A folder outside the package, as a user's is. */
const folder = mkdtempSync(join(tmpdir(), "onthedot-readme-"));
const home = process.cwd();
const fileOf = ({ page, line }: Block) => join(folder, `${page.replace(/\W/g, "-")}-line-${line}.ts`);

beforeAll(() => {
  for (const block of blocks) writeFileSync(fileOf(block), block.source);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: { typeRoots: [join(root, "node_modules/@types")] },
      include: ["*.ts"],
    }),
  );
});

afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

test("code on a page is marked as ts", () => {
  for (const page of pages)
    for (const [fence] of readFileSync(join(root, page), "utf8").matchAll(/^```\w+$[\s\S]*?^```$/gm))
      if (!fence.startsWith("```ts\n")) expect(fence, page).not.toMatch(/^```t|from "onthedot|\("onthedot/);
});

test("the comments of every door have code", () => {
  for (const door of doors)
    expect(blocks.filter(({ page }) => page === door).length, door).toBeGreaterThan(0);
  expect(blocks.some(({ page, prints }) => page === "src/index.ts" && prints[0] === "tick")).toBe(true);
});

test("every block passes the compiler", async () => {
  expect(blocks).not.toEqual([]);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const shown = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
  expect(shown).toBe("");
});

test.each(
  blocks.filter(({ isRun }) => isRun).map((block) => [`${block.page}:${block.line}`, block] as const),
)("%s runs", async (_place, block) => {
  // Each in a folder of its own, where it finds nothing that another one has left.
  process.chdir(mkdtempSync(join(folder, "work-")));
  const printed = await runOnVirtualTime(fileOf(block), machine, block.prints.length);
  expect(printed.slice(0, block.prints.length)).toEqual(block.prints);
});

describe("the table of phrases", () => {
  const rows = ["phrases.md", "phrases.zh-CN.md"].flatMap((page) =>
    phrasesOf(readFileSync(join(root, "examples/guide", page), "utf8")),
  );

  test("is there", () => expect(rows.length).toBeGreaterThan(5));

  test.each(rows)("%s: %s, first %s", (phrase, means, first) => {
    const clock = new VirtualClock("2026-11-23T08:00:00+01:00");
    const words = createScheduler({ clock, zone: machine.zone });
    const shown = /^(every|when|on|once|cron)\((.*)\)$/.exec(phrase);
    const chain = shown
      ? words[shown[1] as "every" | "when" | "on" | "once" | "cron"](JSON.parse(shown[2]!) as string)
      : words.when(phrase);
    expect(chain.describe(/\p{Script=Han}/u.test(means) ? "zh" : "en")).toBe(means);
    expect(waysToWrite(chain.next()[0]!)).toContain(first);
  });
});

/** `2026-11-24 09:00`, `Tue 2026-11-24 09:00`, `Tue 24 Nov 09:00`, `Tue 24 Nov 2026 09:00`; with seconds where there are some. */
const waysToWrite = (moment: Date): readonly string[] => {
  const part = (options: Intl.DateTimeFormatOptions) =>
    moment.toLocaleString("en-GB", { timeZone: machine.zone, ...options });
  const date = moment.toLocaleDateString("sv-SE", { timeZone: machine.zone });
  const seconds = part({ timeStyle: "medium" });
  const time = seconds.endsWith(":00") ? seconds.slice(0, 5) : seconds;
  const [weekday, day, month, year] = [
    part({ weekday: "short" }),
    part({ day: "numeric" }),
    part({ month: "short" }),
    part({ year: "numeric" }),
  ];
  return [
    `${date} ${time}`,
    `${weekday} ${date} ${time}`,
    `${weekday} ${day} ${month} ${time}`,
    `${weekday} ${day} ${month} ${year} ${time}`,
  ];
};
