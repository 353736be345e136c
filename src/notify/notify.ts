import type { Notify } from "../job.ts";
import type { EventStream, RunEvent, SchedulerEvent } from "../scheduler/events.ts";
import { type Texts, texts } from "../text/text.ts";
import { type Deliver, deliver, failureOf, type Letter, lengthOf, noticesOf } from "./ping.ts";

/** A notification. */
export interface Message {
  readonly title: string;
  readonly text: string;
  readonly isFailure: boolean;
  /** The run it is about. */
  readonly event?: RunEvent;
}

export interface NotifyOptions {
  /** @default over HTTP */
  readonly deliver?: Deliver;
  /** @default the desktop's own way */
  readonly show?: (title: string, text: string) => Promise<void>;
  /** Where the bell rings. @default stderr, where that is a terminal */
  readonly ring?: () => void;
}

/**
 * Notifies people about the runs of jobs that ask for it: on the desktop, by the bell of the terminal, at an address. A notification that fails is a
 * warning, once for each way.
 *
 * @returns stops listening
 */
export const notifyPeople = (events: EventStream, options?: NotifyOptions): (() => void) =>
  events.listenToAll(notifier(events, options));

/** Sends the notifications an event asks for; the promise resolves when all have been tried. */
export const notifier = (
  events: EventStream,
  { deliver: send = deliver, show = showOnDesktop, ring = ringBell }: NotifyOptions = {},
): ((event: SchedulerEvent) => Promise<unknown> | undefined) => {
  const broken = new Set<string>();
  const sendOne = async ({ to }: Notify, message: Message, job: string): Promise<void> => {
    try {
      await deliverTo(to, message, { deliver: send, show, ring });
      broken.delete(to);
    } catch (error) {
      if (broken.has(to)) return;
      broken.add(to);
      const why = error instanceof Error ? error.message : String(error);
      events.emit("warning", { message: texts().notices.notifyFailed(job, why) });
    }
  };
  const tell = (event: RunEvent): Promise<unknown> | undefined => {
    const wanted = noticesOf(event.job)?.notify?.filter(
      ({ on }) => on === "end" || (on === "success") === isSuccess(event),
    );
    return wanted?.length
      ? Promise.all(wanted.map((one) => sendOne(one, messageOf(event, one.text), event.job.name)))
      : undefined;
  };
  return ({ name, data }) => {
    switch (name) {
      case "succeeded":
      case "failed":
      case "timedOut":
      case "interrupted":
        return tell(data);
      default:
        return undefined;
    }
  };
};

type NotifiedOutcome = Parameters<Texts["notices"]["title"]>[1];

const isSuccess = ({ run }: RunEvent): boolean => run.outcome === "succeeded";

/** Rejects where it cannot be delivered. */
export const deliverTo = async (
  to: Notify["to"],
  message: Message,
  { deliver: send = deliver, show = showOnDesktop, ring = ringBell }: NotifyOptions = {},
): Promise<void> => {
  if (to === "bell") ring();
  else if (to === "desktop") await show(message.title, message.text);
  else await send(letterTo(to, message));
};

const messageOf = (event: RunEvent, text?: string): Message => {
  const { job, run } = event;
  if (text !== undefined && isSuccess(event)) return { title: job.name, text, isFailure: false, event };
  const after = lengthOf(event);
  return {
    title: texts().notices.title(job.name, run.outcome as NotifiedOutcome),
    text: isSuccess(event)
      ? texts().notices.took(after ?? "")
      : [failureOf(event), after && texts().notices.after(after)].filter(Boolean).join("\n"),
    isFailure: !isSuccess(event),
    event,
  };
};

/** Rings only where a person sits. */
const ringBell = (): void => {
  if (process.stderr.isTTY) process.stderr.write("\u0007");
};

/** Text for ntfy, whose addresses are `ntfy.…`; else JSON with the fields that Slack, Mattermost and Discord read, and the facts. */
const letterTo = (url: string, { title, text, isFailure, event }: Message): Letter => {
  if (/(?:^|\.)ntfy\./.test(`.${new URL(url).hostname}`))
    return {
      url,
      body: text,
      headers: {
        "content-type": "text/plain; charset=utf-8",
        title: encodedWord(title),
        tags: isFailure ? "warning" : "white_check_mark",
        ...(isFailure && { priority: "high" }),
      },
    };
  const message = title === text ? text : `${title}\n${text}`;
  const { job, run } = event ?? {};
  const facts = {
    job: job?.name,
    outcome: run?.outcome,
    scheduled: run?.scheduled,
    started: run?.started,
    ended: run?.ended,
    error: run?.error,
  };
  return {
    url,
    body: JSON.stringify({ text: message, content: message.slice(0, 2_000), title, ...facts }),
    headers: { "content-type": "application/json" },
  };
};

/** Headers hold ASCII alone: RFC 2047, which ntfy reads. */
const encodedWord = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;

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

/** In milliseconds. */
const programTimeout = 15_000;

export const run = async ({ file, args, env }: Call): Promise<void> => {
  const { spawn } = await import("node:child_process");
  await new Promise<void>((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: "ignore",
      shell: false,
      windowsHide: true,
      timeout: programTimeout,
      ...(env && { env: { ...process.env, ...env } }),
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(error.code === "ENOENT" ? texts().notices.notInstalled(file) : error.message)),
    );
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(texts().notices.exited(file, code))),
    );
  });
};
