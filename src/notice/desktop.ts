/** A program and what it is called with. No shell comes in between. */
export interface Call {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Shows a notice on the desktop of the person in front of it; rejects where that cannot be done. */
export const showOnDesktop = (title: string, text: string): Promise<void> =>
  run(desktopCall(process.platform, visible(title), visible(text)));

/**
 * How a notice is shown: `notify-send` on Linux and the like, `osascript` on macOS, PowerShell on Windows. Title and text are never part of a
 * script: they come as arguments, or in the environment.
 */
export const desktopCall = (platform: NodeJS.Platform, title: string, text: string): Call => {
  if (platform === "darwin") return { file: "osascript", args: ["-e", appleScript, title, text] };
  if (platform === "win32")
    return {
      file: "powershell.exe",
      args: ["-NoProfile", "-NonInteractive", "-Command", powerShell],
      env: { ONTHEDOT_TITLE: title, ONTHEDOT_TEXT: text },
    };
  // The text may hold marks of a small HTML (freedesktop.org, Desktop Notifications); the title may not.
  const plain = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return { file: "notify-send", args: ["--app-name=onthedot", "--", title, plain] };
};

const appleScript = `on run argv
display notification (item 2 of argv) with title (item 1 of argv)
end run`;

const powerShell = `Add-Type -AssemblyName System.Windows.Forms
$icon = New-Object System.Windows.Forms.NotifyIcon
$icon.Icon = [System.Drawing.SystemIcons]::Information
$icon.Visible = $true
$icon.ShowBalloonTip(10000, $env:ONTHEDOT_TITLE, $env:ONTHEDOT_TEXT, 'Info')
Start-Sleep -Seconds 6
$icon.Dispose()`;

/** Without control characters but line breaks, and no longer than anybody reads. */
const visible = (text: string): string => text.replaceAll(/[^\P{Cc}\n]/gu, "\ufffd").slice(0, 1_000);

const patience = 15_000;

const run = async ({ file, args, env }: Call): Promise<void> => {
  const { spawn } = await import("node:child_process");
  await new Promise<void>((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: "ignore",
      shell: false,
      windowsHide: true,
      timeout: patience,
      ...(env && { env: { ...process.env, ...env } }),
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(error.code === "ENOENT" ? `${file} is not installed` : error.message)),
    );
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`${file} ended with code ${code}`)),
    );
  });
};
