import type { ChildProcess } from "node:child_process";
import type { Job, Notices, Notify } from "../job.ts";
import type { EventStream, RunEvent, SchedulerEvent } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";
import { type Texts, texts } from "../text/text.ts";
import { formatDuration } from "../time/duration.ts";
import { second } from "../time/plain-time.ts";

interface Message {
  readonly title: string;
  readonly text: string;
  readonly isFailure: boolean;
  readonly event?: RunEvent;
}

export interface Letter {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A program and what it is called with. No shell comes in between. */
interface Call {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program that holds off sleep. @param failed called where it cannot @returns ends it */
export type Hold = (call: Call, failed: (why: string) => void) => () => void;

/** How notices leave the process. */
export interface Outlets {
  /** Sends a letter; rejects with a message for people when it was not delivered. @default over HTTP */
  readonly deliver?: (letter: Letter) => Promise<void>;
  /** @default the desktop's own way */
  readonly show?: (title: string, text: string) => Promise<void>;
  /** Where the bell rings. @default stderr, where that is a terminal */
  readonly ring?: () => void;
  readonly platform?: NodeJS.Platform;
  readonly hold?: Hold;
}

type Handler = (event: SchedulerEvent) => Promise<unknown> | void;

/**
 * Pings watchers, notifies people and holds off sleep, where an event asks for it. What cannot be delivered is a warning, once until it can be again.
 *
 * @returns resolves when everything about an event has been tried
 */
export const notifier = (
  events: EventStream,
  outlets: Outlets = {},
): ((event: SchedulerEvent) => Promise<unknown>) => {
  const broken = new Set<string>();
  const attempt: Attempt = async (way, act, warning) => {
    try {
      await act();
      broken.delete(way);
    } catch (error) {
      const message = warning(error instanceof Error ? error.message : String(error));
      if (!broken.has(way)) events.emit("warning", { message });
      broken.add(way);
    }
  };
  const handlers = [pings(attempt, outlets), notifications(attempt, outlets), wakefulness(events, outlets)];
  return (event) => Promise.all(handlers.map((handle) => handle(event)));
};

type Attempt = (way: string, act: () => Promise<void>, warning: (why: string) => string) => Promise<void>;

/** How many pings of one job may wait for a slow watcher; further ones are left out. */
const longestQueue = 20;

/**
 * Pings the watchers of jobs about their runs, as Healthchecks expects it: `url/start` at the beginning, `url` after success, `url/fail`
 * after a failure, with how long it took and what went wrong as text. The pings of one job arrive in order.
 */
const pings = (attempt: Attempt, { deliver: send = deliver }: Outlets): Handler => {
  const queues = new Map<Job, { end: Promise<void>; length: number }>();
  return (event) => {
    const found = pingOf(event);
    if (!found) return;
    const { job, scheduled, path, body } = found;
    const ping = noticesOf(job)?.ping;
    if (!ping || (path === "/start" && !ping.start)) return;
    const queue = queues.get(job) ?? { end: Promise.resolve(), length: 0 };
    if (queue.length >= longestQueue) return;
    queues.set(job, queue);
    queue.length++;
    const act = async () => {
      const url = await addressOf(ping.url, path, `${job.name}\n${scheduled.getTime()}`);
      await send({ url, body, headers: { "content-type": "text/plain; charset=utf-8" } });
    };
    queue.end = queue.end.then(async () => {
      await attempt(`ping ${job.name}`, act, (why) => texts().notices.pingFailed(job.name, why));
      if (--queue.length === 0) queues.delete(job);
    });
    return queue.end;
  };
};

const pingOf = ({ name, data }: SchedulerEvent) => {
  const words = texts().notices;
  if (name === "started") return { ...data, path: "/start", body: "" };
  const say = (run: RunEvent, path: string, body: string) => ({
    job: run.job,
    scheduled: run.run.scheduled,
    path,
    body,
  });
  if (name === "succeeded") return say(data, "", words.took(lengthOf(data) ?? ""));
  if (name === "failed")
    return say(data, "/fail", `${words.failedAfter(lengthOf(data) ?? "")}\n${failureOf(data)}`);
  if (name === "timedOut")
    return say(data, "/fail", texts().commands.outcomes.timedOut(1, lengthOf(data) ?? ""));
  return name === "interrupted" ? say(data, "/fail", words.interrupted) : undefined;
};

/** The path goes behind that of the address, before its query; the run's own number lets the watcher tell runs apart that overlap. */
const addressOf = async (url: string, path: string, run: string): Promise<string> => {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/$/, "")}${path}`;
  // A UUID (version 8, RFC 9562) that is the same for the same run.
  const { createHash } = await import("node:crypto");
  const digest = createHash("sha256").update(run).digest("hex");
  const number = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-8$3-a$4-$5");
  address.searchParams.set("rid", number);
  return address.href;
};

/** Notifies people about the runs of jobs that ask for it: on the desktop, by the bell of the terminal, at an address. */
const notifications =
  (attempt: Attempt, outlets: Outlets): Handler =>
  (event) => {
    const { data } = event;
    if (!("run" in data) || !(notified as readonly string[]).includes(data.run.outcome)) return;
    const isSuccess = data.run.outcome === "succeeded";
    const { name } = data.job;
    const wanted = noticesOf(data.job)?.notify ?? [];
    return Promise.all(
      wanted
        .filter(({ on }) => on === "end" || (on === "success") === isSuccess)
        .map(({ to, text }) =>
          attempt(
            to,
            () => deliverTo(to, messageOf(data, text), outlets),
            (why) => texts().notices.notifyFailed(name, why),
          ),
        ),
    );
  };

type NotifiedOutcome = Parameters<Texts["notices"]["title"]>[1];
const notified: readonly NotifiedOutcome[] = ["succeeded", "failed", "timedOut", "interrupted"];

/** Rejects where it cannot be delivered. */
export const deliverTo = async (
  to: Notify["to"],
  message: Message,
  { deliver: send = deliver, show = showOnDesktop, ring = ringBell }: Outlets = {},
): Promise<void> => {
  if (to === "bell") ring();
  else if (to === "desktop") await show(message.title, message.text);
  else await send(letterTo(to, message));
};

const messageOf = (event: RunEvent, text?: string): Message => {
  const { job, run } = event;
  const words = texts().notices;
  const isFailure = run.outcome !== "succeeded";
  if (text !== undefined && !isFailure) return { title: job.name, text, isFailure, event };
  const after = lengthOf(event);
  return {
    title: words.title(job.name, run.outcome as NotifiedOutcome),
    text: isFailure
      ? [failureOf(event), after && words.after(after)].filter(Boolean).join("\n")
      : words.took(after ?? ""),
    isFailure,
    event,
  };
};

const noticesOf = (job: Job): Notices | undefined => entryOf(job)?.definition.notices;

/** How long a run took, in words: `"1 minute 8 seconds"`; nothing where it was never started. */
const lengthOf = ({ run: { started, ended } }: RunEvent): string | undefined => {
  if (!started || !ended) return undefined;
  const length = ended.getTime() - started.getTime();
  return formatDuration(length < 10 * second ? length : Math.round(length / second) * second);
};

/** What went wrong, in a line or two, without the stack: it may hold secrets. */
const failureOf = ({ run }: RunEvent): string => run.error ?? texts().notices.noReason;

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
  const { outcome, scheduled, started, ended, error } = event?.run ?? {};
  const facts = { job: event?.job.name, outcome, scheduled, started, ended, error };
  return {
    url,
    body: JSON.stringify({ text: message, content: message.slice(0, 2_000), title, ...facts }),
    headers: { "content-type": "application/json" },
  };
};

/** Headers hold ASCII alone: RFC 2047, which ntfy reads. */
const encodedWord = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;

const answerTimeout = 10 * second;

/** Posts a letter over HTTP; an error on the way is retried once, at once. */
const deliver = async (letter: Letter): Promise<void> => {
  try {
    await post(letter);
  } catch (first) {
    if (first instanceof Refused) throw first;
    await post(letter);
  }
};

/** The server has understood and refuses: a retry changes nothing. */
class Refused extends Error {}

const post = async ({ url, body, headers }: Letter): Promise<void> => {
  // The path and what follows is often a secret.
  const { host } = new URL(url);
  const signal = AbortSignal.timeout(answerTimeout);
  const answer = await fetch(url, { method: "POST", body, headers, signal }).catch((error) => {
    throw new Error(`${host}: ${reasonOf(error)}`);
  });
  await answer.body?.cancel().catch(() => {});
  if (answer.ok) return;
  const text = `${host}: ${texts().notices.answered(String(answer.status))}`;
  throw answer.status >= 500 || answer.status === 429 ? new Error(text) : new Refused(text);
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return texts().notices.noAnswer(answerTimeout / second);
  return (error.cause instanceof Error && error.cause.message) || error.message;
};

export const showOnDesktop = async (title: string, text: string): Promise<void> => {
  const { file, args, env } = desktopCall(process.platform, visible(title), visible(text));
  const { spawn } = await import("node:child_process");
  await new Promise<void>((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: "ignore",
      windowsHide: true,
      timeout: programTimeout,
      ...(env && { env: { ...process.env, ...env } }),
    });
    const { notices, tasks } = texts();
    child.on("error", ({ code, message }: NodeJS.ErrnoException) =>
      reject(new Error(code === "ENOENT" ? notices.notInstalled(file) : message)),
    );
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(tasks.exited(file, code)))));
  });
};

const programTimeout = 15 * second;

/** Without control characters but line breaks, and no longer than anybody reads. */
const visible = (text: string): string => text.replaceAll(/[^\P{Cc}\n]/gu, "\ufffd").slice(0, 1_000);

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

/** Holds off sleep while jobs run that ask for it, and warns once where it cannot. */
const wakefulness = (
  events: EventStream,
  { platform = process.platform, hold = holdWithProgram }: Outlets,
): Handler => {
  let running = 0;
  let release: (() => void) | undefined;
  let hasFailed = false;
  const fail = (why: string) => {
    if (!hasFailed) events.emit("warning", { message: texts().notices.cannotKeepAwake(why) });
    hasFailed = true;
  };
  return ({ name, data }) => {
    if (!("job" in data) || !entryOf(data.job)?.definition.keepsAwake) return;
    if (name === "started" && running++ === 0 && !hasFailed) {
      const call = awakeCall(platform, process.pid, data.job.name);
      if (call) release = hold(call, fail);
      else fail(texts().notices.noAwake(platform));
    }
    const hasEnded = "run" in data && data.run.started !== undefined && name !== "interrupted";
    if (!hasEnded || running === 0 || --running > 0) return;
    release?.();
    release = undefined;
  };
};

/**
 * The program that holds off sleep until it is ended, or until this process has ended: systemd-inhibit(1) on Linux, caffeinate(8) on macOS. Undefined where there is none.
 */
export const awakeCall = (platform: NodeJS.Platform, pid: number, why: string): Call | undefined => {
  if (platform === "darwin") return { file: "caffeinate", args: ["-i", "-s", "-w", String(pid)] };
  if (platform !== "linux") return undefined;
  const inhibit = ["--what=sleep:idle", "--who=onthedot", `--why=${why}`, "--mode=block"];
  return { file: "systemd-inhibit", args: [...inhibit, "tail", `--pid=${pid}`, "-f", "/dev/null"] };
};

const holdWithProgram: Hold = ({ file, args }, failed) => {
  let child: ChildProcess | undefined;
  let isOver = false;
  void import("node:child_process").then(({ spawn }) => {
    if (isOver) return;
    child = spawn(file, args, { stdio: "ignore" });
    child.unref();
    child.on("error", () => failed(texts().notices.notInstalled(file)));
    child.on("exit", (code) => {
      if (!isOver && code !== 0) failed(texts().tasks.exited(file, code));
    });
  });
  return () => {
    isOver = true;
    child?.kill();
  };
};
