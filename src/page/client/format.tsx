import { useLayoutEffect, useRef } from "preact/hooks";
import { useLanguage } from "../../text/text.ts";
import type { PagePatch, PageState } from "../model.ts";

/** All that the page shows, and where it stands with its script. */
export interface App extends Omit<PageState, "jobs" | "log" | "isStopping"> {
  log: PageState["log"];
  jobs: Map<string, PageState["jobs"][number]>;
  status: "live" | "lost" | "signIn" | "ended";
  isStopping: boolean;
  end?: PagePatch["end"];
  /** How far the script's clock is ahead of this one. */
  skew: number;
}

export let app: App;
export const setApp = (next: App): void => {
  app = next;
  useLanguage(app.language === "zh" ? "zh" : "en");
};

export const now = (): number => Date.now() + app.skew;

const formats = new Map<
  string,
  Readonly<Record<"clock" | "day" | "weekday" | "date" | "full", Intl.DateTimeFormat>>
>();

/** They are slow to make, so there is one set for each zone and language. */
const formatsOf = (language: string, timeZone: string) => {
  const key = `${language} ${timeZone}`;
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const format = (how: Intl.DateTimeFormatOptions, where = locale) =>
    new Intl.DateTimeFormat(where, { timeZone, ...how });
  const date = { day: "numeric", month: "short" } as const;
  const made = formats.get(key) ?? {
    clock: format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }, "en-GB"),
    day: format({ year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA"),
    weekday: format({ weekday: "short" }),
    date: format(date),
    full: format({ weekday: "short", ...date, year: "numeric" }),
  };
  formats.set(key, made);
  return made;
};

/** In the script's zone. */
const inZone = (at: number, how: "clock" | "day" | "weekday" | "date" | "full"): string => {
  const { name, offset } = app.zone;
  return formatsOf(app.language, offset === undefined ? name : "UTC")[how].format(at + (offset ?? 0));
};

export const sayClock = (at: number): string => inZone(at, "clock");

/** As short as it stays clear: `"18:00"` today, `"Wed 18:00"` within a week, else with the date. */
export const sayMoment = (at: number): string => {
  const clock = sayClock(at).replace(/:00$/, "");
  if (inZone(at, "day") === inZone(now(), "day")) return clock;
  const isNear = at > now() && at - now() < 6 * 86_400_000;
  return `${inZone(at, isNear ? "weekday" : "date")} ${clock}`;
};

export const sayDate = (at: number): string => `${inZone(at, "full")} ${sayClock(at)}`;

const texts = new Set<() => void>();

/** Once a second, on the second of the script's clock. */
export const startTicking = (): void => {
  for (const draw of texts) draw();
  setTimeout(startTicking, 1_000 - (now() % 1_000) + 5);
};

/** A text that changes by itself. It is written straight into the page: a thousand of them cost no redraw. */
export const Live = ({ text }: { readonly text: () => string }) => {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const draw = () => {
      const shown = text();
      if (place.current && place.current.textContent !== shown) place.current.textContent = shown;
    };
    draw();
    texts.add(draw);
    return () => texts.delete(draw);
  });
  return <span ref={place} />;
};

const paths = {
  run: "M5 3l8 5-8 5z",
  ok: "M3 8.5l3.2 3.2L13 5",
  fail: "M4 4l8 8M12 4l-8 8",
  resume: "M4 3.5v9M7.5 4l5.5 4-5.5 4z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  skip: "M4 8h8",
  stop: "M4.5 4.5h7v7h-7z",
  new: "M8 5.5a2.5 2.5 0 1 0 .01 0z",
  back: "M10 3L5 8l5 5",
} as const;

export type Sign = keyof typeof paths;

/** Drawn, because some systems show the signs of the terminal as pictures. What it means stands in words beside it. */
export const Icon = ({ sign }: { readonly sign: Sign }) => (
  <svg class={`icon sign-${sign}`} viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[sign]} />
  </svg>
);

/** What is shown as it was written. */
export const Code = ({ text, class: kind }: { readonly text: string; readonly class: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what may be larger than its place must be reached by keys
  <pre class={kind} tabIndex={0}>
    {text}
  </pre>
);
