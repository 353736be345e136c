import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isScriptName, needsTsx, type Runtime, startCommand, thisRuntime, version } from "../report/stack.ts";
import { packageFolder } from "../require-package.ts";
import { oneLine } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { command, UsageError } from "./command.ts";

/** Writes a first script, and a `package.json` where there is none. Existing files stay as they are. */
export const init = command("init", 1, {}, ({ style, print }, _, [given = "myjobs.ts"]) => {
  const words = texts().commands.init;
  const ready = readdirSync(scripts()).flatMap((script) =>
    script.endsWith(".ts") ? [script.slice(0, -3)] : [],
  );
  const isReady = ready.includes(given);
  const name = isReady ? `${given}.ts` : given;
  const shown = oneLine(name);
  if (!isScriptName(name)) throw new UsageError(words.notAScript(shown, ready.join(", ")));
  const file = resolve(name);
  if (existsSync(file)) throw new UsageError(words.exists(shown));
  const folder = dirname(file);
  if (!existsSync(folder)) throw new UsageError(words.noFolder(oneLine(dirname(name))));
  const text = isReady ? readFileSync(join(scripts(), name), "utf8") : firstScript(startCommand(name));
  writeFileSync(file, text, { flag: "wx" });
  const wrote = [name];
  const manifest = resolve(folder, "package.json");
  const isNew = !existsSync(manifest);
  if (isNew) {
    writeFileSync(manifest, packageJson(basename(file), thisRuntime()), { flag: "wx" });
    wrote.push("package.json");
  }
  print([
    "",
    `  ${style.paint(texts().commands.wrote, "green")}  ${wrote.map(oneLine).join(", ")}`,
    "",
    ...[
      ...setup(
        name,
        isNew ? undefined : readFileSync(manifest, "utf8"),
        thisRuntime(),
        missingPackages(file),
      ),
      startCommand(name),
    ].map((line) => `  ${line}`),
    "",
  ]);
});

const scripts = (): string => join(packageFolder("onthedot", import.meta.url)!, "scripts");

/**
 * What to type before the script can be started.
 *
 * @param manifest the text of a package.json that was there already
 * @param missing packages that are not installed there
 */
export const setup = (
  file: string,
  manifest: string | undefined,
  runtime: Runtime,
  missing: readonly string[],
): readonly string[] => {
  const tool = runtime.name === "node" ? "npm" : runtime.name;
  if (manifest === undefined) return [`${tool} install`];
  const names = missing.map((name) => (tool === "deno" ? `npm:${name}` : name));
  // Node reads the type of a .ts file from package.json; tsx does not mind.
  const isModule = /"type"\s*:\s*"module"/.test(manifest) || /\.m[jt]s$/i.test(file);
  return [
    ...(runtime.name === "node" && !needsTsx(file, runtime) && !isModule ? ["npm pkg set type=module"] : []),
    ...(names.length > 0 ? [`${tool} ${tool === "npm" ? "install" : "add"} ${names.join(" ")}`] : []),
  ];
};

/** The packages that a script needs and does not find. What `npx` installs for itself, a script does not find. */
export const missingPackages = (file: string): readonly string[] =>
  ["onthedot", ...(needsTsx(file) ? ["tsx"] : [])].filter((name) => !packageFolder(name, resolve(file)));

export const packageJson = (main: string, runtime: Runtime): string =>
  `${JSON.stringify(
    {
      private: true,
      type: "module",
      scripts: { start: startCommand(main, runtime).replace(/^npx /, "") },
      dependencies: { onthedot: `^${version()}` },
      ...(needsTsx(main, runtime) && { devDependencies: { tsx: "^4" } }),
    },
    null,
    2,
  )}\n`;

const firstScript = (start: string): string => `import { every, once, run } from "onthedot";

// A job is a function. It may be async. If it throws, the screen shows the line, and the other jobs continue.
async function priceCheck() {
  console.log("looking up the price …");
}

function backup() {
  console.log("copying photos …");
}

function standup() {
  console.log("stand-up in 5 minutes");
}

// First the schedule, then the job. Phrases work too, in English and Chinese: every("last friday of the month at 17:00").
// What a phrase means:  npx onthedot explain "every weekday at 9am"
every(15).minutes.between("08:00", "22:00").do(priceCheck);
every().day.at("02:30").do(backup);
every("weekday at 8:55am").do(standup);
once("in 10 seconds").named("hello").do(() => console.log("it works"));

// Start it:            ${start}
// What runs when:      ${start} list
// Try one job now:     ${start} run backup
// The coming week:     ${start} simulate
run();
`;
