import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { command, readArguments, UsageError } from "../commands/command.ts";
import { quoted } from "../report/stack.ts";
import { oneLine } from "../terminal/text.ts";
import { isScriptName, isTypeScript } from "./file-names.ts";
import { usages } from "./usages.ts";

/** Writes what starts a script at login and again when it dies; nothing is started by it. */
export const service = command(({ args, style, print, output, errors }) => {
  const usage = `npx onthedot ${usages.service}`;
  const flag = { type: "boolean" } as const;
  const { values, positionals } = readArguments(
    args,
    { print: flag, force: flag, name: { type: "string" }, systemd: flag, launchd: flag, pm2: flag },
    { usage, most: 1 },
  );
  const [given] = positionals;
  if (given === undefined) throw new UsageError("Which script?", `usage: ${usage}`);
  const asked = managers.filter((name) => values[name]);
  if (asked.length > 1) throw new UsageError(`Either --${asked[0]} or --${asked[1]}.`, `usage: ${usage}`);
  const manager =
    asked[0] ??
    (process.platform === "darwin" ? "launchd" : process.platform === "win32" ? "pm2" : "systemd");
  const served = servedScript(given, values.name);
  const { path, text, after } = written[manager](served);
  if (values.print) {
    output.write(text);
    return 0;
  }
  if (existsSync(path) && !values.force)
    throw new UsageError(
      `${oneLine(path)} is there already, and stays as it is.   --force writes it anew, --print only shows it.`,
    );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const width = Math.max(...after.map(([what]) => what.length));
  print([
    "",
    `  ${style.paint("wrote", "green")}  ${oneLine(tilde(path))}`,
    "",
    ...after.map(([what, how]) => `  ${what.padEnd(width)}    ${oneLine(how)}`),
    "",
  ]);
  if (isTypeScript(served.script) && !hasTsx(served.folder))
    errors.write(
      `  The service needs tsx beside the script:   cd ${quoted(oneLine(served.folder))} && npm install tsx\n\n`,
    );
  return 0;
});

const managers = ["systemd", "launchd", "pm2"] as const;

interface Written {
  readonly path: string;
  readonly text: string;
  /** What one may do with it, and how. */
  readonly after: readonly (readonly [what: string, how: string])[];
}

const written: Readonly<Record<(typeof managers)[number], (served: Served) => Written>> = {
  systemd(served) {
    const { name, home } = served;
    const configs = process.env.XDG_CONFIG_HOME || join(home, ".config");
    return {
      path: join(configs, "systemd", "user", `${name}.service`),
      text: systemdUnit(served),
      after: [
        ["start now and at login", `systemctl --user daemon-reload && systemctl --user enable --now ${name}`],
        ["keep on when logged out", "loginctl enable-linger"],
        ["read the log", `journalctl --user -u ${name} -f`],
        ["stop it for good", `systemctl --user disable --now ${name}`],
      ],
    };
  },
  launchd(served) {
    const { name, home } = served;
    const path = join(home, "Library", "LaunchAgents", `${name}.plist`);
    return {
      path,
      text: launchdPlist(served),
      after: [
        ["start now and at login", `launchctl bootstrap gui/$(id -u) ${quoted(path)}`],
        ["read the log", `tail -f ${quoted(join(home, "Library", "Logs", `${name}.log`))}`],
        ["stop it for good", `launchctl bootout gui/$(id -u)/${name}`],
      ],
    };
  },
  pm2(served) {
    const path = join(served.folder, `${served.name}.config.cjs`);
    return {
      path,
      text: pm2File(served),
      after: [
        ["start now", `pm2 start ${quoted(path)}`],
        ["and at every boot", "pm2 save && pm2 startup"],
        ["read the log", `pm2 logs ${served.name}`],
        ["stop it for good", `pm2 delete ${served.name}`],
      ],
    };
  },
};

const servedScript = (given: string, name: string | undefined): Served => {
  const file = resolve(given);
  if (!isScriptName(file) || !existsSync(file) || !statSync(file).isFile())
    throw new UsageError(`There is no script ${JSON.stringify(oneLine(given))}.`);
  const served = {
    name: serviceName(name, file),
    folder: dirname(file),
    script: basename(file),
    node: process.execPath,
    nodeArgs: isTypeScript(file) ? ["--import", "tsx"] : [],
    home: homedir(),
  };
  // No form of service file can hold these, and a name that begins with a dash is an option.
  for (const text of [served.folder, served.script, served.node])
    if (/\p{Cc}/u.test(text) || text.startsWith("-"))
      throw new UsageError(`A service cannot start "${oneLine(text)}": rename it.`);
  return served;
};

/** `onthedot-myjobs`, in letters that every manager of services takes. */
const serviceName = (said: string | undefined, file: string): string => {
  if (said !== undefined) {
    if (/^[A-Za-z0-9][\w.-]{0,99}$/.test(said)) return said;
    throw new UsageError(
      `A service is named with letters, digits, - _ and . alone, not ${JSON.stringify(oneLine(said))}.`,
    );
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

/** A script that is to run as a service. */
export interface Served {
  /** What the service is called: letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** The whole path of the folder in which the script lies. */
  readonly folder: string;
  /** The name of the script in its folder. */
  readonly script: string;
  /** The whole path of this Node. */
  readonly node: string;
  /** What Node is to load before the script: `--import tsx` where it is TypeScript. */
  readonly nodeArgs: readonly string[];
  /** The home of the user. */
  readonly home: string;
}

/**
 * A unit for systemd's user manager. It starts Node itself: `npx` would lose the signal that asks to stop.
 *
 * Running tasks are waited for up to 30 seconds; systemd waits a little longer.
 */
export const systemdUnit = ({ folder, script, node, nodeArgs }: Served): string => `[Unit]
Description=onthedot: ${percented(script)}

[Service]
WorkingDirectory=${percented(folder)}
ExecStart=${[node, ...nodeArgs, script].map(systemdWord).join(" ")}
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

/** A property list for launchd: started at login, and again when it dies. */
export const launchdPlist = ({ name, folder, script, node, nodeArgs, home }: Served): string => {
  const log = xml(`${home}/Library/Logs/${name}.log`);
  const words = [node, ...nodeArgs, script].map((word) => `    <string>${xml(word)}</string>`).join("\n");
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

/** A process file for pm2. One process: several would each run every job. */
export const pm2File = ({ name, folder, script, node, nodeArgs }: Served): string => {
  const app = {
    name,
    script,
    cwd: folder,
    interpreter: node,
    interpreter_args: nodeArgs,
    instances: 1,
    exec_mode: "fork",
    kill_timeout: 35_000,
  };
  return `module.exports = ${JSON.stringify({ apps: [app] }, null, 2)};\n`;
};
