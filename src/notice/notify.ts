import type { Notify } from "../job/notices.ts";
import type { EventStream, RunEvent, Told } from "../scheduler/events.ts";
import { type Deliver, deliver, type Letter } from "./deliver.ts";
import { showOnDesktop } from "./desktop.ts";
import { lengthOf, noticesOf, troubleOf } from "./notices.ts";

/** What a person is told. */
export interface Message {
  readonly title: string;
  readonly text: string;
  readonly isFailure: boolean;
  readonly event: RunEvent;
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
 * Tells people of the runs of jobs that want it: on the desktop, by the bell of the terminal, at an address. What cannot be told is told as a
 * warning, once for each way.
 *
 * @returns stops listening
 */
export const notifyPeople = (events: EventStream, options?: NotifyOptions): (() => void) =>
  events.listenToAll(notifier(events, options));

/** Tells people where an event asks for it; the promise is that of all they are told. */
export const notifier = (
  events: EventStream,
  { deliver: send = deliver, show = showOnDesktop, ring = ringBell }: NotifyOptions = {},
): ((told: Told) => Promise<unknown> | undefined) => {
  const broken = new Set<string>();
  const tellOne = async ({ to }: Notify, message: Message): Promise<void> => {
    try {
      if (to === "bell") ring();
      else if (to === "desktop") await show(message.title, message.text);
      else await send(letterTo(to, message));
      broken.delete(to);
    } catch (error) {
      if (broken.has(to)) return;
      broken.add(to);
      const why = error instanceof Error ? error.message : String(error);
      events.emit("warning", { message: `the notice of ${message.event.job.name} did not arrive: ${why}` });
    }
  };
  const tell = (event: RunEvent): Promise<unknown> | undefined => {
    const wanted = noticesOf(event.job)?.notify?.filter(
      ({ on }) => on === "end" || (on === "success") === isSuccess(event),
    );
    return wanted?.length ? Promise.all(wanted.map((one) => tellOne(one, messageOf(event)))) : undefined;
  };
  return ({ name, event }) => {
    switch (name) {
      case "succeeded":
      case "failed":
      case "timed-out":
      case "interrupted":
        return tell(event);
      default:
        return undefined;
    }
  };
};

const isSuccess = ({ run }: RunEvent): boolean => run.outcome === "succeeded";

const messageOf = (event: RunEvent): Message => {
  const { job, run } = event;
  const after = lengthOf(event);
  const what = { failed: "failed", "timed-out": "timed out" }[run.outcome as string] ?? run.outcome;
  return {
    title: `${job.name} ${what}`,
    text: isSuccess(event)
      ? `took ${after}`
      : [troubleOf(event), after && `after ${after}`].filter(Boolean).join("\n"),
    isFailure: !isSuccess(event),
    event,
  };
};

/** Rings only where a person sits. */
const ringBell = (): void => {
  if (process.stderr.isTTY) process.stderr.write("\u0007");
};

/** Text for ntfy, whose addresses are `ntfy.…`; else JSON with the fields that Slack, Mattermost and Discord read, and the facts. */
const letterTo = (url: string, { title, text, isFailure, event: { job, run } }: Message): Letter => {
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
  const said = `${title}\n${text}`;
  const facts = {
    job: job.name,
    outcome: run.outcome,
    scheduled: run.scheduled,
    started: run.started,
    ended: run.ended,
    error: run.error,
  };
  return {
    url,
    body: JSON.stringify({ text: said, content: said.slice(0, 2_000), title, ...facts }),
    headers: { "content-type": "application/json" },
  };
};

/** Headers hold ASCII alone: RFC 2047, which ntfy reads. */
const encodedWord = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
