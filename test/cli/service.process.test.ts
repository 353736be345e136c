import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { main } from "../../src/cli/cli.ts";
import {
  type Due,
  launchdPlist,
  pmsetCall,
  runtimeArgs,
  type ServiceScript,
  scheduledTask,
  systemdTimer,
  systemdUnit,
} from "../../src/commands/service.ts";
import { thisRuntime } from "../../src/report/stack.ts";

const runCount = (folder: string, script: string): ServiceScript => ({
  name: "onthedot-myjobs",
  folder,
  script,
  runtime: process.execPath,
  runtimeArgs: ["--import", "tsx"],
  home: "/home/me",
  user: "DESK\\me",
  path: "/opt/my tools:/usr/bin",
});

/** What a folder and a script may be called. */
const odd = [
  ["plain", "myjobs.ts"],
  ["with blank", "my jobs.ts"],
  ['quo"te', "it's.ts"],
  ["100%n %h", "50%s.ts"],
  ["$HOME $" + "{x}", "$(id).ts"],
  ["back\\slash", "a\\nb.ts"],
  ["浇花", "备份.ts"],
  ["<script>&amp;", "]]>--.ts"],
  ["star*[a]?", "semi;colon #1.ts"],
] as const;

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!hasSystemd) console.warn("Left out: systemd-analyze is not here, so no unit is verified.");

const due: readonly Due[] = [
  { job: "backup", systemd: "*-*-* 02:30:00", zone: "Europe/Berlin", next: ["2026-12-01T02:30:00+01:00"] },
  { job: "report", systemd: "Mon..Fri *-*-* 09:00:00 Asia/Tokyo", zone: "Europe/Berlin", next: [] },
  { job: "fixed", systemd: "*-*-* 02:30:00", zone: "UTC+02:00", next: [] },
  { job: "feeds", systemd: null, zone: "Europe/Berlin", next: ["2026-11-30T22:15:00+01:00"] },
];

test("a timer wakes the machine for what a calendar can say, and names the other jobs", () => {
  const { text, leftOut } = systemdTimer("50%s.ts", due);
  expect(text).toContain(
    "OnCalendar=*-*-* 02:30:00 Europe/Berlin\nOnCalendar=Mon..Fri *-*-* 09:00:00 Asia/Tokyo\nAccuracySec=1s\nWakeSystem=true\n",
  );
  expect(leftOut).toEqual(["fixed", "feeds"]);
  const none = due.filter(({ job }) => leftOut.includes(job));
  expect(systemdTimer("a.ts", none)).toEqual({ text: undefined, leftOut });
  expect(pmsetCall([{ ...due[0]!, next: ["2026-12-01T02:30:05"] }])).toBe(
    'sudo pmset schedule wake "12/01/26 02:30:05"',
  );
  expect(pmsetCall([due[1]!])).toBeUndefined();
});

/** What systemd finds wrong with a unit. */
const wrongIn = (unit: string, text: string) => {
  writeFileSync(unit, text);
  const env = { ...process.env, XDG_RUNTIME_DIR: join(unit, "..") };
  const { stderr } = spawnSync("systemd-analyze", ["verify", "--user", unit], { encoding: "utf8", env });
  return stderr.split("\n").filter((line) => line.includes(basename(unit)));
};

test.runIf(hasSystemd)("systemd accepts units and timers, and finds mistakes in them", () => {
  const root = mkdtempSync(join(tmpdir(), "onthedot-"));
  for (const [i, [folderName, script]] of odd.entries()) {
    const folder = join(root, folderName);
    mkdirSync(folder);
    writeFileSync(join(folder, script), "");
    const text = systemdUnit(runCount(folder, script));
    expect(wrongIn(join(root, `onthedot-${i}.service`), text), `${folderName}/${script}`).toEqual([]);
  }
  const { text = "" } = systemdTimer("a.ts", due);
  expect(wrongIn(join(root, "onthedot-0.timer"), text)).toEqual([]);
  expect(wrongIn(join(root, "onthedot-0.timer"), text.replace("02:30:00", "25:30:00"))).not.toEqual([]);
  const wrong = systemdUnit(runCount(root, "a.ts")).replace("35s", "soon");
  expect(wrongIn(join(root, "onthedot-wrong.service"), wrong)).not.toEqual([]);
});

test("service --wake asks the script when its jobs are due", { timeout: 120_000 }, () => {
  const root = join(import.meta.dirname, "../..");
  const folder = mkdtempSync(join(root, "node_modules/.onthedot-"));
  writeFileSync(
    join(folder, "jobs.ts"),
    `import { every } from "${join(root, "src/index.ts")}";
every().day.at("02:30").named("backup").do(() => {});
every(15).minutes.named("feeds").do(() => {});
`,
  );
  const call = (...args: string[]) =>
    spawnSync(
      process.execPath,
      [
        "--import",
        import.meta.resolve("tsx"),
        join(root, "src/cli/main.ts"),
        "service",
        "jobs.ts",
        "--wake",
        ...args,
      ],
      { cwd: folder, encoding: "utf8", env: { ...process.env, TZ: "Asia/Tokyo", XDG_CONFIG_HOME: folder } },
    );
  const { stdout, stderr } = call("--systemd");
  expect(stdout).toContain("enable --now onthedot-jobs onthedot-jobs.timer");
  expect(stderr).toContain("The machine is not woken for feeds");
  expect(readFileSync(join(folder, "systemd/user/onthedot-jobs.timer"), "utf8")).toContain(
    "OnCalendar=*-*-* 02:30:00 Asia/Tokyo\n",
  );
  expect(call("--schtasks").stderr).toContain("--wake does nothing on Windows");
  execFileSync("rm", ["-r", folder]);
});

/** What systemd makes of a quoted word (systemd.syntax(7), systemd.service(5)). */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(([, quoted, bare]) =>
    (quoted === undefined ? bare! : quoted.replaceAll(/\\(.)/g, "$1"))
      .replaceAll("%%", "%")
      .replaceAll("$$", "$"),
  );

test.each(odd)("the unit starts this Node itself: %s/%s", (folderName, script) => {
  const folder = `/home/me/${folderName}`;
  const unit = systemdUnit(runCount(folder, script));
  const line = (name: string) =>
    unit
      .split("\n")
      .find((one) => one.startsWith(`${name}=`))!
      .slice(name.length + 1);
  expect(wordsOf(line("ExecStart"))).toEqual([process.execPath, "--import", "tsx", script]);
  expect(line("WorkingDirectory").replaceAll("%%", "%")).toBe(folder);
  expect(unit).not.toContain("npx");
});

test.each(odd)("a property list holds every name as text: %s/%s", (folderName, script) => {
  const folder = `/Users/me/${folderName}`;
  const plist = launchdPlist(runCount(folder, script));
  const strings = [...plist.matchAll(/<string>(.*?)<\/string>/gs)].map(([, text]) =>
    text!.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
  );
  expect(strings).toEqual([
    "onthedot-myjobs",
    process.execPath,
    "--import",
    "tsx",
    script,
    folder,
    "/opt/my tools:/usr/bin",
    "/home/me/Library/Logs/onthedot-myjobs.log",
    "/home/me/Library/Logs/onthedot-myjobs.log",
  ]);
  expect(
    plist.replaceAll(/<\/?(?:\?xml|!DOCTYPE|plist|dict|key|string|array|true|false|integer)\b[^>]*>/g, ""),
  ).not.toMatch(/[<>"]/);
});

test.each(odd)("a task for Windows holds every name as text: %s/%s", (folderName, script) => {
  const folder = `C:\\Users\\me\\${folderName}`;
  const task = scheduledTask(runCount(folder, script));
  const textOf = (name: string) =>
    new RegExp(`<${name}>(.*?)</${name}>`, "s")
      .exec(task)![1]!
      .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  expect([textOf("Command"), textOf("WorkingDirectory"), textOf("UserId")]).toEqual([
    process.execPath,
    folder,
    "DESK\\me",
  ]);
  const [, , ...words] = wordsOf(textOf("Arguments"));
  expect(words.join(" ").replaceAll("\\", "")).toBe(script.replaceAll("\\", ""));
  expect(task.replaceAll(/<\/?[A-Z]\w*\b[^<>]*>|<\?xml[^<>]*>/g, "")).not.toMatch(/[<>"]/);
});

test("services look for programs where the shell does, and read the .env beside the script", () => {
  const script = runCount("/home/me", "a.ts");
  expect(systemdUnit(script)).toContain('Environment="PATH=/opt/my tools:/usr/bin"');
  expect(launchdPlist(script)).toMatch(/<key>PATH<\/key>\s*<string>\/opt\/my tools:\/usr\/bin<\/string>/);
  const argumentsOn = (name: "node" | "bun" | "deno", runsTypeScript: boolean) =>
    runtimeArgs("a.ts", { name, runsTypeScript }, true).join(" ");
  expect([
    argumentsOn("node", false),
    argumentsOn("node", true),
    argumentsOn("bun", true),
    argumentsOn("deno", true),
  ]).toEqual(["--env-file=.env --import tsx", "--env-file=.env", "", "run -A --env-file=.env"]);
});

/** Calls `npx onthedot service …` in this process. */
const service = async (...args: string[]) => {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await main(
    ["service", ...args],
    { write: (text) => out.push(text) },
    { write: (text) => errors.push(text) },
  );
  return { code, out: out.join(""), errors: errors.join("") };
};

const { HOME, XDG_CONFIG_HOME } = process.env;
afterEach(() => {
  Object.assign(
    process.env,
    HOME !== undefined && { HOME },
    XDG_CONFIG_HOME !== undefined && { XDG_CONFIG_HOME },
  );
  if (XDG_CONFIG_HOME === undefined) delete process.env.XDG_CONFIG_HOME;
});

test("service writes a unit once, prints it without writing, and overwrites only with --force", async () => {
  const home = mkdtempSync(join(tmpdir(), "onthedot-"));
  Object.assign(process.env, { HOME: home, XDG_CONFIG_HOME: join(home, "config") });
  const script = join(home, "my jobs.ts");
  writeFileSync(script, "");
  const unit = join(home, "config/systemd/user/onthedot-my-jobs.service");
  const shown = await service(script, "--systemd", "--print");
  expect([shown.code, existsSync(unit)]).toEqual([0, false]);
  const wrote = await service(script, "--systemd");
  expect(wrote.code).toBe(0);
  expect(wrote.out).toContain("wrote  ~/config/systemd/user/onthedot-my-jobs.service");
  expect(wrote.out).toContain("systemctl --user enable --now onthedot-my-jobs");
  expect(wrote.errors.includes("npm install tsx")).toBe(!thisRuntime().runsTypeScript);
  expect(readFileSync(unit, "utf8")).toBe(shown.out);
  const again = await service(script, "--systemd");
  expect([again.code, again.errors]).toEqual([2, expect.stringContaining("--force overwrites it")]);
  expect((await service(script, "--systemd", "--force")).code).toBe(0);
  for (const wrong of [
    ["none.ts"],
    [home],
    [script, "--systemd", "--schtasks"],
    [script, "--name", "../evil"],
  ])
    expect((await service(...wrong)).code, wrong.join(" ")).toBe(2);
});

test("a service searches the folders of PATH once, without those that npx adds for nothing", async () => {
  const home = mkdtempSync(join(tmpdir(), "onthedot-"));
  const script = join(home, "myjobs.ts");
  writeFileSync(script, "");
  const own = join(home, "node_modules/.bin");
  mkdirSync(own, { recursive: true });
  const { PATH } = process.env;
  const added = [own, own, "/nowhere/node_modules/.bin", "/usr/lib/node_modules/npm/node-gyp-bin"];
  process.env.PATH = [...added, "/opt/later", "/usr/bin"].join(":");
  const { out } = await service(script, "--systemd", "--print").finally(() => {
    process.env.PATH = PATH;
  });
  expect(out).toContain(`PATH=${own}:/opt/later:/usr/bin\n`);
});

test.runIf(process.platform === "linux")("a script whose name no unit can hold is rejected", async () => {
  const script = join(mkdtempSync(join(tmpdir(), "onthedot-")), "a\nb.ts");
  writeFileSync(script, "");
  const { code, errors } = await service(script, "--print");
  expect(code).toBe(2);
  expect(errors).toMatch(/A service cannot start "a.*b\.ts"/);
});

test.runIf(process.platform === "linux")("a script started as the unit does drains on SIGTERM", () => {
  const root = join(import.meta.dirname, "../..");
  const folder = mkdtempSync(join(root, "node_modules/.onthedot-"));
  writeFileSync(
    join(folder, "jobs.ts"),
    `import { every, run } from "${join(root, "src/index.ts")}";
every().second.named("slow").do(async () => { console.log("begun"); await new Promise((go) => setTimeout(go, 500)); console.log("ended"); });
run();
`,
  );
  try {
    const unit = systemdUnit({ ...runCount(folder, "jobs.ts") });
    const [node, ...args] = wordsOf(
      unit
        .split("\n")
        .find((line) => line.startsWith("ExecStart="))!
        .slice(10),
    );
    const shell = `"$0" "$@" > out 2>&1 & pid=$!; for i in $(seq 100); do grep -q begun out && break; sleep 0.1; done; kill -TERM $pid; wait $pid; echo "code $?"`;
    const printed = execFileSync("bash", ["-c", shell, node!, ...args], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, CI: "1" },
    });
    expect(printed).toBe("code 0\n");
    expect(readFileSync(join(folder, "out"), "utf8")).toMatch(/begun[\s\S]*ended/);
  } finally {
    execFileSync("rm", ["-r", folder]);
  }
});
