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
