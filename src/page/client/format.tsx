import { useLayoutEffect, useRef } from "preact/hooks";
import type { PagePatch, PageState } from "../model.ts";

/** All that the page shows, and where it stands with its script. */
export interface App extends Omit<PageState, "jobs" | "log"> {
  log: PageState["log"];
  jobs: Map<string, PageState["jobs"][number]>;
  status: "connecting" | "live" | "lost" | "signIn" | "ended";
  isStopping: boolean;
  end?: PagePatch["end"];
  /** How far the script's clock is ahead of this one. */
  skew: number;
}

export let app: App;
export const setApp = (next: App): void => {
  app = next;
  formats = undefined;
};

export const now = (): number => Date.now() + app.skew;

/** The same as on the terminal: `"4m 48s"`, `"12ms"`, `"1.8s"`. */
export const sayLength = (length: number): string => {
  if (length < 1_000) return sayUnit(Math.round(length), "millisecond");
  if (length < 10_000) return sayUnit(Math.floor(length / 100) / 10, "second", 1);
  const seconds = Math.floor(length / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), "day"],
    [Math.floor(seconds / 3_600) % 24, "hour"],
    [Math.floor(seconds / 60) % 60, "minute"],
    [seconds % 60, "second"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => sayUnit(count, unit)).join(app.betweenUnits);
};

/** A thousand countdowns share a few formats, which are slow to make. */
const units = new Map<string, Intl.NumberFormat>();

const sayUnit = (count: number, unit: string, minimumFractionDigits = 0): string => {
  const key = `${app.language} ${unit} ${minimumFractionDigits}`;
  const how = { style: "unit", unit, unitDisplay: "narrow", minimumFractionDigits } as const;
  const format = units.get(key) ?? new Intl.NumberFormat(app.language, how);
  units.set(key, format);
  return format.format(count);
};

/** In whole seconds, which is what a countdown shows. */
export const sayWait = (length: number): string => {
  const seconds = Math.max(0, Math.ceil(length / 1_000));
  return seconds < 10 ? sayUnit(seconds, "second") : sayLength(seconds * 1_000);
};

interface Formats {
  readonly clock: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly weekday: Intl.DateTimeFormat;
  readonly date: Intl.DateTimeFormat;
  readonly full: Intl.DateTimeFormat;
}

let formats: Formats | undefined;

const formatsOf = (): Formats => {
  if (formats) return formats;
  const { language, zone } = app;
  const timeZone = zone.offset === undefined ? zone.name : "UTC";
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const format = (how: Intl.DateTimeFormatOptions, where = locale) =>
    new Intl.DateTimeFormat(where, { timeZone, ...how });
  const time = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  formats = {
    clock: format(time, "en-GB"),
    day: format({ year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA"),
    weekday: format({ weekday: "short" }),
    date: format({ day: "numeric", month: "short" }),
    full: format({ weekday: "short", day: "numeric", month: "short", year: "numeric" }),
  };
  return formats;
};

const onWall = (at: number): number => at + (app.zone.offset ?? 0);

export const sayClock = (at: number): string => formatsOf().clock.format(onWall(at));

/** In the script's zone, as short as it stays clear: `"18:00"` today, `"Wed 18:00"` within a week, else with the date. */
export const sayMoment = (at: number): string => {
  const { day, weekday, date } = formatsOf();
  const clock = sayClock(at).replace(/:00$/, "");
  if (day.format(onWall(at)) === day.format(onWall(now()))) return clock;
  const isNear = at > now() && at - now() < 6 * 86_400_000;
  return `${(isNear ? weekday : date).format(onWall(at))} ${clock}`;
};

export const sayDate = (at: number): string => `${formatsOf().full.format(onWall(at))} ${sayClock(at)}`;

const texts = new Set<() => void>();

/** Once a second, on the second of the script's clock. */
export const startTicking = (): void => {
  const tick = () => {
    for (const draw of texts) draw();
    setTimeout(tick, 1_000 - (now() % 1_000) + 5);
  };
  tick();
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
