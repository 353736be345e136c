import { existsSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { command, readArguments, UsageError } from "../commands/command.ts";
import { quoted, version } from "../report/stack.ts";
import { oneLine } from "../terminal/text.ts";
import { isScriptName } from "./file-names.ts";
import { usages } from "./usages.ts";

/** Writes a first script to change, and a `package.json` where there is none. What is there stays as it is. */
export const init = command(({ args, style, print }) => {
  const { positionals } = readArguments(args, {}, { usage: `npx onthedot ${usages.init}`, most: 1 });
  const name = positionals[0] ?? "myjobs.ts";
  if (!isScriptName(name))
    throw new UsageError(`A script is named as myjobs.ts is, not ${JSON.stringify(oneLine(name))}.`);
  const file = resolve(name);
  if (existsSync(file))
    throw new UsageError(
      `${oneLine(name)} is there already, and stays as it is.   Another name: npx onthedot init jobs2.ts`,
    );
  const folder = dirname(file);
  if (!existsSync(folder))
    throw new UsageError(`There is no folder ${JSON.stringify(oneLine(dirname(name)))}.`);
  writeFileSync(file, script, { flag: "wx" });
  const wrote = [name];
  const manifest = resolve(folder, "package.json");
  const isNew = !existsSync(manifest);
  if (isNew) {
    writeFileSync(manifest, packageJson(basename(file)), { flag: "wx" });
    wrote.push("package.json");
  }
  const install = isNew ? "npm install" : "npm install onthedot tsx";
  print([
    "",
    `  ${style.paint("wrote", "green")}  ${wrote.map(oneLine).join(", ")}`,
    "",
    `  ${install}`,
    `  npx tsx ${quoted(oneLine(name))}`,
    "",
  ]);
  return 0;
});

const packageJson = (main: string): string =>
  `${JSON.stringify(
    {
      private: true,
      type: "module",
      scripts: { start: `tsx ${quoted(main)}` },
      dependencies: { onthedot: `^${version()}` },
      devDependencies: { tsx: "^4" },
    },
    null,
    2,
  )}\n`;

const script = `import { every, once, run } from "onthedot";

// A job is a function. It may be async, and it may fail: the others go on, and the screen shows where it was.
async function priceCheck() {
  console.log("looking up the price …");
}

function backup() {
  console.log("copying photos …");
}

function standup() {
  console.log("stand-up in 5 minutes");
}

// Say when, then what. Phrases work too, in English and in Chinese: every("last friday of the month at 17:00").
// What a phrase means:  npx onthedot explain "every weekday at 9am"
every(15).minutes.between("08:00", "22:00").do(priceCheck);
every().day.at("02:30").do(backup);
every("weekday at 8:55am").do(standup);
once("in 10 seconds").named("hello").do(() => console.log("it works"));

// Start it:            npx tsx myjobs.ts
// What runs when:      npx tsx myjobs.ts list
// Try one job now:     npx tsx myjobs.ts run backup
// The coming week:     npx tsx myjobs.ts simulate
run();
`;
