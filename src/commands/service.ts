import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, userInfo } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { isScriptName, needsTsx, quoted, type Runtime, thisRuntime } from "../report/stack.ts";
import { displayWidth, oneLine, padTo } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { command, flag, text, UsageError, usageError } from "./command.ts";

const serviceOptions = {
  print: flag,
  force: flag,
  name: text,
  systemd: flag,
  launchd: flag,
  schtasks: flag,
} as const;

/** Writes the file that makes a service manager start a script at login, and again when it crashes. Nothing is started. */
export const service = command("service", 1, serviceOptions, (context, values, [given]) => {
  const { style, print, output, errors } = context;
  const words = texts().commands.service;
  if (given === undefined) throw usageError(context, texts().commands.missingFile);
  const asked = managers.filter((name) => values[name]);
  if (asked.length > 1) throw usageError(context, words.oneManager(`--${asked[0]}`, `--${asked[1]}`));
  const manager =
    asked[0] ??
    (process.platform === "darwin" ? "launchd" : process.platform === "win32" ? "schtasks" : "systemd");
  const script = serviceScript(given, values.name, manager);
  const { path, text, encoding = "utf8", after } = written[manager](script);
  if (values.print) return void output.write(text);
  if (existsSync(path) && !values.force) throw new UsageError(words.exists(oneLine(path)));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, encoding === "utf8" ? text : `\ufeff${text}`, encoding);
  const lines = after.map(([what, how]) => [words.steps[what], oneLine(how)] as const);
  const width = Math.max(...lines.map(([what]) => displayWidth(what)));
  print([
    "",
    `  ${style.paint(texts().commands.wrote, "green")}  ${oneLine(tilde(path))}`,
    "",
    ...lines.map(([what, how]) => `  ${padTo(what, width)}    ${how}`),
    "",
  ]);
  if (script.runtimeArgs.includes("tsx") && !hasTsx(script.folder))
    errors.write(`  ${words.needsTsx(`cd ${quoted(oneLine(script.folder))} && npm install tsx`)}\n\n`);
});

const managers = ["systemd", "launchd", "schtasks"] as const;

interface Written {
  readonly path: string;
  readonly text: string;
  readonly encoding?: "utf16le";
  /** What to type next. */
  readonly after: readonly (readonly [
    what: keyof ReturnType<typeof texts>["commands"]["service"]["steps"],
    how: string,
  ])[];
}

const written: Readonly<Record<(typeof managers)[number], (script: ServiceScript) => Written>> = {
  systemd(script) {
    const { name, home } = script;
    const configs = process.env.XDG_CONFIG_HOME || join(home, ".config");
    return {
      path: join(configs, "systemd", "user", `${name}.service`),
      text: systemdUnit(script),
      after: [
        ["startAtLogin", `systemctl --user daemon-reload && systemctl --user enable --now ${name}`],
        ["keepRunning", "loginctl enable-linger"],
        ["readLog", `journalctl --user -u ${name} -f`],
        ["remove", `systemctl --user disable --now ${name}`],
      ],
    };
  },
  launchd(script) {
    const { name, home } = script;
    const path = join(home, "Library", "LaunchAgents", `${name}.plist`);
    return {
      path,
      text: launchdPlist(script),
      after: [
        ["startAtLogin", `launchctl bootstrap gui/$(id -u) ${quoted(path)}`],
        ["readLog", `tail -f ${quoted(join(home, "Library", "Logs", `${name}.log`))}`],
        ["remove", `launchctl bootout gui/$(id -u)/${name}`],
      ],
    };
  },
  schtasks(script) {
    const { name } = script;
    const path = join(script.folder, `${name}.xml`);
    return {
      path,
      text: scheduledTask(script),
      // schtasks reads what Windows itself exports: UTF-16 with a byte order mark.
      encoding: "utf16le",
      after: [
        [
          "startAtLogin",
          `schtasks /create /tn ${name} /xml ${quoted(path, "win32")} && schtasks /run /tn ${name}`,
        ],
        ["remove", `schtasks /end /tn ${name} && schtasks /delete /tn ${name} /f`],
      ],
    };
  },
};

const serviceScript = (
  given: string,
  name: string | undefined,
  manager: (typeof managers)[number],
): ServiceScript => {
  const words = texts().commands;
  const file = resolve(given);
  if (!isScriptName(file) || !existsSync(file) || !statSync(file).isFile())
    throw new UsageError(words.noSuchFile(oneLine(given)));
  const script = {
    name: serviceName(name, file),
    folder: dirname(file),
    script: basename(file),
    runtime: process.execPath,
    runtimeArgs: runtimeArgs(
      file,
      thisRuntime(),
      manager !== "systemd" && existsSync(join(dirname(file), ".env")),
    ),
    home: homedir(),
    user: [process.env.USERDOMAIN, userInfo().username].filter(Boolean).join("\\"),
    path: process.env.PATH ?? "",
  };
  // No form of service file can hold these, and a name that begins with a dash is an option.
  for (const text of [script.folder, script.script, script.runtime])
    if (/\p{Cc}/u.test(text) || text.startsWith("-"))
      throw new UsageError(words.service.cannotStart(oneLine(text)));
  return script;
};

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

const tilde = (path: string): string => {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
};

const hasTsx = (folder: string): boolean => {
  try {
    createRequire(join(folder, "package.json")).resolve("tsx");
    return true;
  } catch {
    return false;
  }
};

/** A script to run as a service. */
export interface ServiceScript {
  /** The service's name: letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** The absolute path of the script's folder. */
  readonly folder: string;
  /** The script's name in its folder. */
  readonly script: string;
  /** The absolute path of this Node, Bun or Deno. */
  readonly runtime: string;
  /** What stands before the script: `--import tsx` for TypeScript on a Node that does not run it. */
  readonly runtimeArgs: readonly string[];
  /** The user's home. */
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
  const log = xml(`${home}/Library/Logs/${name}.log`);
  const words = [runtime, ...runtimeArgs, script]
    .map((word) => `    <string>${xml(word)}</string>`)
    .join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${xml(name)}</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
  <key>WorkingDirectory</key>
  <string>${xml(folder)}</string>
  <key>EnvironmentVariables</key>
  <dict>
    <key>PATH</key>
    <string>${xml(path)}</string>
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ExitTimeOut</key>
  <integer>35</integer>
  <key>StandardOutPath</key>
  <string>${log}</string>
  <key>StandardErrorPath</key>
  <string>${log}</string>
</dict>
</plist>
`;
};

const xml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A task for the Task Scheduler of Windows: started when the user logs on, never ended for lasting long or on battery, and started again when it cannot start. */
export const scheduledTask = ({ folder, script, runtime, runtimeArgs, user }: ServiceScript): string =>
  `<?xml version="1.0"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>onthedot: ${xml(script)}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>${xml(user)}</UserId>
    </LogonTrigger>
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
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>255</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xml(runtime)}</Command>
      <Arguments>${xml([...runtimeArgs, script].map((word) => quoted(word, "win32")).join(" "))}</Arguments>
      <WorkingDirectory>${xml(folder)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
