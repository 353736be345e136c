import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { isScriptName, needsTsx, quoted, type Runtime, thisRuntime } from "../report/stack.ts";
import { packageFolder } from "../require-package.ts";
import { displayWidth, oneLine, padTo } from "../terminal/text.ts";
import { type Texts, texts } from "../text/text.ts";
import { command, flag, text, UsageError, usageError } from "./command.ts";

const managers = ["systemd", "launchd", "schtasks"] as const;
type Manager = (typeof managers)[number];

const serviceOptions = {
  print: flag,
  force: flag,
  wake: flag,
  name: text,
  systemd: flag,
  launchd: flag,
  schtasks: flag,
} as const;

/** Writes the file that makes a service manager start a script at login and after a crash. Nothing is started. */
export const service = command("service", 1, serviceOptions, (context, values, [given]) => {
  const { style, print, output, errors } = context;
  const { service: words, missing, either, file, wrote } = texts().commands;
  if (given === undefined) throw usageError(context, missing(file));
  const asked = managers.filter((name) => values[name]);
  if (asked.length > 1) throw usageError(context, either(`--${asked[0]}`, `--${asked[1]}`));
  const usual = { darwin: "launchd", win32: "schtasks" } as const;
  const manager = asked[0] ?? usual[process.platform as keyof typeof usual] ?? "systemd";
  const script = serviceScript(given, values.name, manager);
  const {
    files,
    encoding = "utf8",
    after,
    notes = [],
  } = written[manager](script, values.wake ? dueTimes(resolve(given)) : undefined);
  if (values.print) return void output.write(files.map(({ text }) => text).join("\n"));
  const old = files.find(({ path }) => existsSync(path));
  if (old && !values.force) throw new UsageError(words.exists(oneLine(old.path)));
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, encoding === "utf8" ? text : `\ufeff${text}`, encoding);
  }
  const lines = after.map(([what, how]) => [words.steps[what], oneLine(how)] as const);
  const width = Math.max(...lines.map(([what]) => displayWidth(what)));
  print([
    "",
    ...files.map(({ path }) => `  ${style.paint(wrote, "green")}  ${oneLine(tilde(path))}`),
    "",
    ...lines.map(([what, how]) => `  ${padTo(what, width)}    ${how}`),
    "",
  ]);
  const { folder, runtimeArgs } = script;
  const lacksTsx = runtimeArgs.includes("tsx") && !packageFolder("tsx", join(folder, "package.json"));
  const install = `cd ${quoted(oneLine(folder))} && npm install tsx`;
  for (const note of [...notes, ...(lacksTsx ? [words.needsTsx(install)] : [])])
    errors.write(`  ${note}\n\n`);
});

/** When a job is due, as `explain --json` says it. */
export interface Due {
  readonly job: string;
  /** As systemd.time(7) has it; null where it cannot say it. */
  readonly systemd: string | null;
  readonly zone: string;
  readonly next: readonly string[];
}

/** Asks a process of its own, for a script can be loaded once. No job is started. */
const dueTimes = (file: string): readonly Due[] => {
  const call = [...process.execArgv, process.argv[1]!, "explain", file, "--json"];
  const { stdout, stderr, status } = spawnSync(process.execPath, call, { encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout);
  throw new UsageError(...stderr.trim().split("\n").map(oneLine));
};

interface Written {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly encoding?: "utf16le";
  readonly after: readonly (readonly [what: keyof Texts["commands"]["service"]["steps"], how: string])[];
  readonly notes?: readonly string[];
}

/** @param due of each job, where the machine is to be woken for them */
const written: Readonly<Record<Manager, (script: ServiceScript, due?: readonly Due[]) => Written>> = {
  systemd(script, due) {
    const { name, home } = script;
    const folder = join(process.env.XDG_CONFIG_HOME || join(home, ".config"), "systemd", "user");
    const timer = due && systemdTimer(script.script, due);
    const units = timer?.text ? `${name} ${name}.timer` : name;
    return {
      files: [
        { path: join(folder, `${name}.service`), text: systemdUnit(script) },
        ...(timer?.text ? [{ path: join(folder, `${name}.timer`), text: timer.text }] : []),
      ],
      after: [
        ["startAtLogin", `systemctl --user daemon-reload && systemctl --user enable --now ${units}`],
        ["keepRunning", "loginctl enable-linger"],
        ["readLog", `journalctl --user -u ${name} -f`],
        ["remove", `systemctl --user disable --now ${units}`],
      ],
      notes: timer && timer.leftOut.length > 0 ? [texts().commands.service.notWoken(timer.leftOut)] : [],
    };
  },
  launchd(script, due) {
    const { name, home } = script;
    const path = join(home, "Library", "LaunchAgents", `${name}.plist`);
    const wake = due && pmsetCall(due);
    return {
      files: [{ path, text: launchdPlist(script) }],
      after: [
        ["startAtLogin", `launchctl bootstrap gui/$(id -u) ${quoted(path)}`],
        ...(wake ? [["wakeOnce", wake] as const] : []),
        ["readLog", `tail -f ${quoted(join(home, "Library", "Logs", `${name}.log`))}`],
        ["remove", `launchctl bootout gui/$(id -u)/${name}`],
      ],
    };
  },
  schtasks(script, due) {
    const { name } = script;
    const path = join(script.folder, `${name}.xml`);
    const create = `schtasks /create /tn ${name} /xml ${quoted(path, "win32")}`;
    return {
      files: [{ path, text: scheduledTask(script) }],
      // schtasks reads what Windows itself exports: UTF-16 with a byte order mark.
      encoding: "utf16le",
      after: [
        ["startAtLogin", `${create} && schtasks /run /tn ${name}`],
        ["remove", `schtasks /end /tn ${name} && schtasks /delete /tn ${name} /f`],
      ],
      notes: due ? [texts().commands.service.cannotWake] : [],
    };
  },
};

const serviceScript = (given: string, name: string | undefined, manager: Manager): ServiceScript => {
  const words = texts().commands;
  const file = resolve(given);
  if (!isScriptName(file) || !existsSync(file) || !statSync(file).isFile())
    throw new UsageError(words.noSuchFile(oneLine(given)));
  const folder = dirname(file);
  const script = {
    name: serviceName(name, file),
    folder,
    script: basename(file),
    runtime: process.execPath,
    runtimeArgs: runtimeArgs(file, thisRuntime(), manager !== "systemd" && existsSync(join(folder, ".env"))),
    home: homedir(),
    user: [process.env.USERDOMAIN, userInfo().username].filter(Boolean).join("\\"),
    path: ownPath(process.env.PATH ?? ""),
  };
  // No form of service file can hold these, and a name that begins with a dash is an option.
  for (const text of [script.folder, script.script, script.runtime])
    if (/\p{Cc}/u.test(text) || text.startsWith("-"))
      throw new UsageError(words.service.cannotStart(oneLine(text)));
  return script;
};

/** A `PATH` without what npx puts in front of it for each folder above, where nothing is. */
const ownPath = (path: string): string =>
  [...new Set(path.split(delimiter))]
    .filter((folder) => !/node_modules/.test(folder) || (/[\\/]\.bin$/.test(folder) && existsSync(folder)))
    .join(delimiter);

/**
 * What a runtime needs before a script's name: nothing where it runs TypeScript itself.
 *
 * @param hasEnv whether to read the `.env` beside it: systemd does so itself, and Bun always
 */
export const runtimeArgs = (file: string, runtime: Runtime, hasEnv = false): readonly string[] => [
  ...(runtime.name === "deno" ? ["run", "-A"] : []),
  ...(hasEnv && runtime.name !== "bun" ? ["--env-file=.env"] : []),
  ...(needsTsx(file, runtime) ? ["--import", "tsx"] : []),
];

/** `onthedot-myjobs`, in letters that every service manager accepts. */
const serviceName = (given: string | undefined, file: string): string => {
  if (given !== undefined) {
    if (/^[A-Za-z0-9][\w.-]{0,99}$/.test(given)) return given;
    throw new UsageError(texts().commands.service.badName(oneLine(given)));
  }
  const plain = basename(file)
    .replace(/\.[^.]*$/, "")
    .replaceAll(/[^\w.-]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, 80);
  return plain === "" ? "onthedot-jobs" : `onthedot-${plain}`;
};

const tilde = (path: string): string =>
  path.startsWith(`${homedir()}/`) ? `~${path.slice(homedir().length)}` : path;

export interface ServiceScript {
  readonly name: string;
  readonly folder: string;
  readonly script: string;
  /** The absolute path of this Node, Bun or Deno. */
  readonly runtime: string;
  /** What stands before the script: `--import tsx` for TypeScript on a Node that does not run it. */
  readonly runtimeArgs: readonly string[];
  readonly home: string;
  /** The user, as Windows knows it: `DESKTOP\\me`. */
  readonly user: string;
  /** Where programs are looked for now: a service manager has a shorter `PATH`. */
  readonly path: string;
}

/**
 * A unit for systemd's user manager. It starts Node itself: `npx` would lose the signal to stop.
 *
 * The script waits up to 30 seconds for running tasks; systemd waits a little longer.
 */
export const systemdUnit = ({ folder, script, runtime, runtimeArgs, path }: ServiceScript): string => `[Unit]
Description=onthedot: ${percented(script)}

[Service]
WorkingDirectory=${percented(folder)}
ExecStart=${[runtime, ...runtimeArgs, script].map(systemdWord).join(" ")}
Environment=${systemdWord(`PATH=${path}`)}
EnvironmentFile=-${percented(globbed(`${folder}/.env`))}
Restart=on-failure
RestartSec=5s
KillMode=mixed
TimeoutStopSec=35s

[Install]
WantedBy=default.target
`;

/**
 * A timer that wakes the machine when a job is due, for what systemd.time(7) can say: `WakeSystem=` of systemd.timer(5). It starts the service of its name, which runs
 * already and is left alone. Without any such time there is none: systemd rejects an empty timer.
 */
export const systemdTimer = (script: string, due: readonly Due[]) => {
  // Without a zone of its own, which would stand behind the time of day, a job has that of the script.
  const calendarOf = ({ systemd, zone }: Due) => {
    if (systemd === null || !/:\S+$/.test(systemd)) return systemd;
    return /^UTC./.test(zone) ? null : `${systemd} ${zone}`;
  };
  const calendars = due.map(calendarOf).filter((calendar) => calendar !== null);
  const text =
    calendars.length === 0
      ? undefined
      : `[Unit]
Description=onthedot: wakes the machine for ${percented(script)}

[Timer]
${[...new Set(calendars)].map((calendar) => `OnCalendar=${calendar}\n`).join("")}AccuracySec=1s
WakeSystem=true

[Install]
WantedBy=timers.target
`;
  return { text, leftOut: due.filter((one) => calendarOf(one) === null).map(({ job }) => oneLine(job)) };
};

/** Wakes a Mac once, for the next run: pmset(1), in its local time. Nothing where none is planned. */
export const pmsetCall = (due: readonly Due[]): string | undefined => {
  const next = Math.min(...due.flatMap(({ next }) => next.slice(0, 1)).map((at) => Date.parse(at)));
  if (next === Infinity) return undefined;
  const date = new Date(next);
  const two = (n: number) => String(n % 100).padStart(2, "0");
  const day = [date.getMonth() + 1, date.getDate(), date.getFullYear()].map(two).join("/");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `sudo pmset schedule wake "${day} ${time}"`;
};

/** systemd.unit(5): a percent sign begins a specifier. */
const percented = (text: string): string => text.replaceAll("%", "%%");

/** systemd.service(5), "Command lines": quoted, and without variables. */
const systemdWord = (word: string): string => {
  const plain = percented(word).replaceAll("$", "$$$$");
  return /^[\w./@%+=:,-]+$/.test(plain) ? plain : `"${plain.replaceAll(/[\\"]/g, "\\$&")}"`;
};

/** systemd.exec(5): the name of an environment file may be a pattern of glob(7). */
const globbed = (path: string): string => path.replaceAll(/[\\*?[\]]/g, "\\$&");

/** A property list for launchd: started at login, and again when it crashes. */
export const launchdPlist = (service: ServiceScript): string => {
  const { name, folder, script, runtime, runtimeArgs, home, path } = service;
  const string = (text: string) => `<string>${xml(text)}</string>`;
  const log = string(`${home}/Library/Logs/${name}.log`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>${string(name)}
  <key>ProgramArguments</key>
  <array>
    ${[runtime, ...runtimeArgs, script].map(string).join("\n    ")}
  </array>
  <key>WorkingDirectory</key>${string(folder)}
  <key>EnvironmentVariables</key><dict><key>PATH</key>${string(path)}</dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ExitTimeOut</key><integer>35</integer>
  <key>StandardOutPath</key>${log}
  <key>StandardErrorPath</key>${log}
</dict>
</plist>
`;
};

const xml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A task for the Task Scheduler of Windows: started when the user logs on, never ended for lasting long or on battery, and started again when it cannot start. */
export const scheduledTask = ({ folder, script, runtime, runtimeArgs, user }: ServiceScript): string => {
  const words = [...runtimeArgs, script].map((word) => quoted(word, "win32")).join(" ");
  return `<?xml version="1.0"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>onthedot: ${xml(script)}</Description></RegistrationInfo>
  <Triggers>
    <LogonTrigger><Enabled>true</Enabled><UserId>${xml(user)}</UserId></LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${xml(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>255</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xml(runtime)}</Command>
      <Arguments>${xml(words)}</Arguments>
      <WorkingDirectory>${xml(folder)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
};
