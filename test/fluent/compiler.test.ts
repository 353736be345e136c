import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What somebody writes, and what the compiler says under it. */
const mistakes: readonly (readonly [written: string, said: string])[] = [
  ["every(5).monday", 'a number takes .seconds … .years; for a weekday write .weeks.on(\\"monday\\")'],
  ["every(2).week", "Did you mean 'weeks'?"],
  ["every(5).do(job)", "Property 'do' does not exist on type 'UnitsStep<\"a number takes .seconds … .years"],
  ["every().do(job)", "say of what: every().hour, every().day, every().monday"],
  ["every(0).days", "a whole number from 1 up, as in every(5)"],
  ["every(1.5).days", "a whole number from 1 up, as in every(5)"],
  ['every().day.at("9:60")', "HH:MM or HH:MM:SS, from 00:00 to 23:59:59"],
  ['every().day.at("25:00")', "HH:MM or HH:MM:SS, from 00:00 to 23:59:59"],
  ['every().second.at(":10")', "a second has no time of day: no .at(…)"],
  ['every().minute.at("10:30")', "the second of the minute"],
  ['every().hour.at("10:30:00")', "the minute and second of the hour"],
  ["every(2).days.aligned()", ".aligned() and .fixedDelay() are for seconds, minutes and hours"],
  ["every(2).days.fixedDelay()", ".aligned() and .fixedDelay() are for seconds, minutes and hours"],
  ['every().week.at("09:00")', 'say the day first: .weeks.on(\\"monday\\").at(\\"09:00\\")'],
  ['every(2).months.at("09:00")', 'say the day first: .on(15).at(\\"09:00\\"), .on(\\"last day\\")'],
  ['every().year.at("09:00")', 'say the day first: .on(\\"december 25\\").at(\\"09:00\\")'],
  ['every().day.at("10:00").at("11:00")', "the time is said: several go into one .at(…)"],
  ['every("weekday").at("10:00")', 'a phrase brings its own time and days: on(\\"monday at 09:00\\")'],
  ["every().month.on(32)", '1 to 31; from the end: .on(\\"last day\\")'],
  ["every(10).minutes()", "a unit is written without ()"],
  ["every().day.do(job())", "Argument of type 'void' is not assignable"],
];

test("the compiler says what to write instead", async () => {
  const folder = await mkdtemp(join(tmpdir(), "onthedot-types-"));
  try {
    const file = join(folder, "mistakes.ts");
    const head = [
      `import type { ScheduleBuilders } from ${JSON.stringify(join(root, "src/fluent/types.ts"))};`,
      "declare const words: ScheduleBuilders; declare function job(): void; const { every } = words;",
    ];
    await writeFile(file, [...head, ...mistakes.map(([written]) => `${written};`)].join("\n"));
    const said = await compile(folder);
    const told = mistakes.map((_, i) =>
      said.filter((line) => line.startsWith(`${head.length + i + 1}:`)).join("\n"),
    );
    for (const [i, [written, expected]] of mistakes.entries()) expect(told[i], written).toContain(expected);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** The compiler's errors about a folder with one file: `"3:10 Property …"`, what belongs to one error joined to one line. */
const compile = async (folder: string): Promise<readonly string[]> => {
  const options =
    "--noEmit --strict --target es2023 --module nodenext --allowImportingTsExtensions --skipLibCheck";
  const types = ["--typeRoots", join(root, "node_modules/@types"), "--types", "node", "--pretty", "false"];
  const out = await promisify(execFile)(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), ...options.split(" "), ...types, "mistakes.ts"],
    { cwd: folder },
  ).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  );
  return out
    .replaceAll(/\n +/g, " ")
    .split("\n")
    .flatMap((line) => {
      const parts = /^mistakes\.ts\((\d+),(\d+)\): error TS\d+: (.*)$/.exec(line);
      return parts ? [`${parts[1]}:${parts[2]} ${parts[3]}`] : [];
    });
};
