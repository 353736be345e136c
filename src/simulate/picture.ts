import { cutTo, escapeMarkup as safe, sayDate, sayShort, sayTime, wrapText } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { weekday } from "../time/plain-date.ts";
import { day, formatTime, hour, minute } from "../time/plain-time.ts";
import { formatOffset, offsetAt, resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import type { ClockChange } from "./clock-changes.ts";
import {
  countMissed,
  countRuns,
  isRun,
  type Lane,
  spanOf,
  startOf,
  type Timeline,
  type TimelineRun,
  timelineFacts,
} from "./timeline.ts";

/*
 *   script name                                            days, zone
 *   +-----------------+-------------------------------+-------------+
 *   |                 | Mon 23 Nov     | Tue 24 Nov    |             |
 *   | job             |  |   |   [=====]     |         |     57 runs |
 *   | schedule · zone |                                |             |
 *   +-----------------+-------------------------------+-------------+
 *   facts
 */
const width = 1140;
const margin = 20;
/** Where time begins and ends. */
const left = 310;
const right = 945;
const top = 78;
/** A job's name and one line of its schedule; each further line takes another {@link lineHeight}. */
const lane = 42;
const lineHeight = 15;
const bottom = 42;
/** Runs closer together than this are one bar. */
const touching = 5;
/** What a character of the small font takes at most, so that no text runs into its neighbour. */
const letter = 6.7;
const boldLetter = 8.4;

/** A timeline as an SVG picture, dark and light as the reader's system is, without a script. */
export const timelineSvg = (timeline: Timeline): string => {
  const { lanes, zone, script } = timeline;
  const rows: string[] = [];
  let end = top;
  for (const one of lanes) {
    const when = scheduleLines(one, timeline);
    const high = lane + (when.length - 1) * lineHeight;
    rows.push(row(one, when, end, high, timeline));
    end += high;
  }
  const height = end + bottom;
  const heading = script ?? texts().timeline.jobs(lanes.length);
  const facts = timelineFacts(timeline, { ellipsis: "…" }).join(" · ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${safe(`${heading}: ${texts().timeline.jobs(lanes.length)}, ${spanOf(timeline, "–")}`)}">
<style>${pictureStyle}</style>
<rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="12"/>
<text class="title" x="${margin}" y="32">${safe(cutTo(heading, 40, "…"))}</text>
<text class="soft end" x="${width - margin}" y="32">${safe(`${spanOf(timeline, "→")} · ${texts().timeline.timesIn(zone.name)}`)}</text>
${axis(timeline, end)}
${rows.join("\n")}
${nowMark(timeline, end)}<text class="soft" x="${margin}" y="${height - 16}">${safe(shortened(facts, width - 2 * margin))}</text>
</svg>
`;
};

/** The live page has to know it by heart: it allows no other style. */
export const pictureStyle = `
svg{font:13px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC",sans-serif;--ink:#1d2129;--soft:#5d6675;--paper:#fff;--line:#e6e7ea;--weekend:#f5f6f4;--run:#0e7c66;--late:#b45309;--missed:#b42318;--change:#d9930d;--nap:#64748b}
@media (prefers-color-scheme:dark){svg{--ink:#e8eaee;--soft:#9aa5b4;--paper:#161a20;--line:#272d36;--weekend:#1a1f26;--run:#3ecfae;--late:#f0a848;--missed:#f47067;--change:#f2b63c;--nap:#7d8ba0}}
@media print{svg{--ink:#1d2129;--soft:#5d6675;--paper:#fff;--line:#e6e7ea;--weekend:#f5f6f4;--run:#0e7c66;--late:#b45309;--missed:#b42318;--change:#d9930d}}
text{fill:var(--ink)}.card{fill:var(--paper);stroke:var(--line)}.title{font-size:17px;font-weight:650}.name{font-weight:600}.soft{fill:var(--soft);font-size:12px}.end{text-anchor:end}.mid{text-anchor:middle}
.line{stroke:var(--line);fill:none}.hour{stroke:var(--line);stroke-dasharray:1 3}.weekend{fill:var(--weekend)}.night{fill:var(--change);opacity:.14}.moment{stroke:var(--change);stroke-width:1.5;stroke-dasharray:4 3}
.nap{fill:var(--nap);opacity:.16}.run{fill:var(--run)}.late{fill:var(--late)}.missed{fill:var(--paper);stroke:var(--missed);stroke-width:1.5}.now{stroke:var(--ink);stroke-width:1.2}.nowhead{fill:var(--ink)}
.planned{fill:var(--run);opacity:.4}.running{fill:var(--paper);stroke:var(--run);stroke-width:2}.failed{fill:var(--missed)}`;

/** What the name of a day takes: `"Mon 23 Nov"`. */
const nameWidth = 80;

const shortened = (text: string, room: number, wide = letter): string =>
  cutTo(text, Math.floor(room / wide), "…");

const round = (x: number): number => Math.round(x * 10) / 10;

/** Where an instant lies. */
const across = (at: number, { from, to }: Timeline): number =>
  round(left + ((at - from) / Math.max(1, to - from)) * (right - left));

const band = (className: string, from: number, to: number, timeline: Timeline, end: number): string => {
  const start = across(Math.max(from, timeline.from), timeline);
  const stop = across(Math.min(to, timeline.to), timeline);
  return `<rect class="${className}" x="${start}" y="48" width="${round(stop - start)}" height="${end - 48}"/>`;
};

/** Days, hours where there is room for them, sleep, and the machine's own clock changes: once, behind all jobs. */
const axis = (timeline: Timeline, end: number): string => {
  const days = daysOf(timeline);
  const hours = hoursOf(timeline);
  let free = left;
  const names = days.filter(({ from, to }, i) => {
    const [start, end] = [across(from, timeline), across(to, timeline)];
    const isCut = i === 0 && days.length > 1 && end - start < nameWidth;
    if (isCut || start < free || right - start < nameWidth) return false;
    free = start + nameWidth;
    return true;
  });
  return [
    ...days.filter((one) => one.isWeekend).map(({ from, to }) => band("weekend", from, to, timeline, end)),
    ...timeline.naps.map(({ from, to }) => band("nap", from, to, timeline, end)),
    ...days.map(({ from }) => `<path class="line" d="M${across(from, timeline)} 48V${end}"/>`),
    ...hours.map(({ at }) => `<path class="hour" d="M${across(at, timeline)} ${top}V${end}"/>`),
    ...names.map(
      ({ from, name }) => `<text class="soft" x="${across(from, timeline) + 5}" y="60">${safe(name)}</text>`,
    ),
    ...hours.map(
      ({ at, name }) => `<text class="soft mid" x="${across(at, timeline)}" y="74">${safe(name)}</text>`,
    ),
    ...timeline.changes
      .filter(({ zone }) => zone.name === timeline.zone.name)
      .map((change) => changeMark(change, timeline, 48, end)),
  ].join("\n");
};

const changeMark = (change: ClockChange, timeline: Timeline, from: number, end: number): string => {
  const night = nightOf(change);
  const start = across(Math.max(night.from, timeline.from), timeline);
  const stop = across(Math.min(night.to, timeline.to), timeline);
  const x = across(change.at, timeline);
  return `<rect class="night" x="${start}" y="${from}" width="${round(stop - start)}" height="${end - from}"/><path class="moment" d="M${x} ${from}V${end}"/>`;
};

const nowMark = ({ now, ...timeline }: Timeline, end: number): string => {
  if (now === undefined || now < timeline.from || now > timeline.to) return "";
  const x = across(now, timeline);
  return `<path class="now" d="M${x} ${top - 6}V${end}"/><path class="nowhead" d="M${x - 4} ${top - 10}h8l-4 6z"><title>${safe(`${texts().timeline.now}: ${sayExact(now, timeline.zone)}`)}</title></path>\n`;
};

/** The schedule in words, and the job's own zone where it is another one than the axis has. */
const scheduleLines = ({ when, zone }: Lane, timeline: Timeline): readonly string[] => {
  const letters = Math.floor((left - margin - 14) / letter);
  const isElsewhere = zone.name !== timeline.zone.name && !when.includes(zone.name);
  const lines = wrapText(isElsewhere ? `${when} · ${zone.name}` : when, letters);
  return lines.length <= 3 ? lines : [...lines.slice(0, 2), cutTo(lines.slice(2).join(" "), letters, "…")];
};

/** One job: its name above its schedule, its runs, and how many they are. */
const row = (one: Lane, when: readonly string[], y: number, high: number, timeline: Timeline): string => {
  const words = texts().timeline;
  const [runs, missed] = [countRuns(one), countMissed(one)];
  const next = one.next === null ? words.neverAgain : words.next(sayShort(one.next, timeline.from, one.zone));
  const remark = missed > 0 ? words.missed(missed) : runs === 0 ? next : "";
  const changes = timeline.changes.filter(
    ({ zone, at }) =>
      zone.name === one.zone.name &&
      !timeline.changes.some((own) => own.zone.name === timeline.zone.name && own.at === at),
  );
  const marks = marksOf(one, timeline).map((mark) => drawn(mark, one, y + high / 2, timeline));
  return [
    `<path class="line" d="M${margin} ${y}H${width - margin}"/>`,
    `<g><title>${safe(`${one.name}: ${one.when}`)}</title>`,
    `<text class="name" x="${margin}" y="${y + 18}">${safe(shortened(one.name, left - margin - 14, boldLetter))}</text>`,
    ...when.map(
      (line, i) => `<text class="soft" x="${margin}" y="${y + 34 + i * lineHeight}">${safe(line)}</text>`,
    ),
    "</g>",
    ...changes.map((change) => changeMark(change, timeline, y, y + high)),
    ...marks,
    `<text class="end" x="${width - margin}" y="${y + 18}">${safe(words.runs(runs))}</text>`,
    remark && `<text class="soft end" x="${width - margin}" y="${y + 34}">${safe(remark)}</text>`,
  ].join("");
};

/** One thing to draw: a run, or an unbroken stretch of them. */
interface Mark {
  readonly kind: "run" | "late" | "missed" | "planned" | "running" | "failed";
  readonly first: TimelineRun;
  last: TimelineRun;
  count: number;
}

/** Runs that lie too close together to be distinguished become one bar. */
const marksOf = ({ runs }: Lane, timeline: Timeline): readonly Mark[] => {
  const marks: Mark[] = [];
  const open = new Map<Mark["kind"], Mark>();
  for (const run of runs) {
    const kind = kindOf(run);
    const count = isRun(run) ? 1 : (run.count ?? 1);
    const mark = open.get(kind);
    if (mark && across(startOf(run), timeline) - across(startOf(mark.last), timeline) < touching) {
      mark.last = run;
      mark.count += count;
      continue;
    }
    const begun: Mark = { kind, first: run, last: run, count };
    open.set(kind, begun);
    marks.push(begun);
  }
  return marks;
};

const kindOf = (run: TimelineRun): Mark["kind"] => {
  const { outcome, late = 0 } = run;
  if (outcome === "planned" || outcome === "running") return outcome;
  if (outcome === "failed" || outcome === "timedOut" || outcome === "interrupted") return "failed";
  return !isRun(run) ? "missed" : late >= minute ? "late" : "run";
};

const drawn = (
  { kind, first, last, count }: Mark,
  { zone }: Lane,
  middle: number,
  timeline: Timeline,
): string => {
  const words = texts().timeline;
  const [start, stop] = [across(startOf(first), timeline), across(startOf(last), timeline)];
  const isBar = stop - start > 1;
  const [x, wide] = isBar ? [start - 1.5, round(stop - start + 3)] : [start - 1.5, 3];
  const [high, corner] = kind === "missed" ? [9, 4.5] : isBar ? [14, 5] : [18, 1.5];
  const at = sayExact(startOf(first), zone);
  const event =
    count > 1
      ? kind === "missed"
        ? `${words.missed(count)}, ${at}`
        : words.bar(count, at, sayExact(startOf(last), zone))
      : kind === "missed"
        ? `${words.missed(1)}, ${at}`
        : `${at} (${sayUtc(startOf(first))} UTC)`;
  return `<rect class="${kind}" x="${round(x)}" y="${middle - high / 2}" width="${wide}" height="${high}" rx="${corner}"><title>${safe(event)}</title></rect>`;
};

/** A day of the wall clock, as much of it as lies on the timeline. */
interface Day {
  readonly from: Instant;
  readonly to: Instant;
  /** `"Mon 23 Nov"`. */
  readonly name: string;
  readonly isWeekend: boolean;
}

/** The days of a timeline. They are as long as they are: 23 and 25 hours where clocks change. */
const daysOf = ({ from, to, zone }: Timeline): readonly Day[] => {
  const days: Day[] = [];
  const last = Math.floor(wallAt(zone, to) / day);
  for (let date = Math.floor(wallAt(zone, from) / day); date <= last; date++) {
    const start = Math.max(from, resolveWall(zone, (date * day) as WallTime)) as Instant;
    const end = Math.min(to, resolveWall(zone, ((date + 1) * day) as WallTime)) as Instant;
    if (end > start)
      days.push({ from: start, to: end, name: sayDate(start, from, zone), isWeekend: weekday(date) > 5 });
  }
  return days;
};

/** Hours to label where days are few: 3, 6 or 12 apart; none where a day is narrow. */
const hoursOf = (timeline: Timeline): readonly { readonly at: Instant; readonly name: string }[] => {
  const { from, to, zone } = timeline;
  const hourWidth = ((right - left) * hour) / Math.max(1, to - from);
  const step = [1, 2, 3, 6, 12].find((hours) => hours * hourWidth >= 48);
  if (step === undefined) return [];
  const hours: { at: Instant; name: string }[] = [];
  const begin = Math.floor(wallAt(zone, from) / day) * day;
  for (let wall = begin; ; wall += step * hour) {
    const at = resolveWall(zone, wall as WallTime);
    if (at > to) return hours;
    // A wall time inside a gap has no place of its own.
    const isReal = wallAt(zone, at) === wall;
    if (at >= from && isReal && across(at, timeline) > left + 14 && across(at, timeline) < right - 14)
      hours.push({ at, name: formatTime(((wall % day) + day) % day) });
  }
};

/** The night of a clock change: from the midnight before to six in the morning. */
const nightOf = ({ at, zone }: ClockChange): { readonly from: Instant; readonly to: Instant } => {
  const midnight = Math.floor(wallAt(zone, (at - 1) as Instant) / day) * day;
  const from = resolveWall(zone, midnight as WallTime);
  return { from, to: Math.max(at, resolveWall(zone, (midnight + 6 * hour) as WallTime)) as Instant };
};

/** A moment on the wall clock of a zone, to the second: `"Mon 23 Nov 2026 08:00:00 +01:00"`. */
export const sayExact = (at: Instant, zone: Zone): string =>
  `${sayDate(at, farAway, zone)} ${sayTime(at, zone)} ${formatOffset(offsetAt(zone, at))}`;

/** The same moment in UTC: `"2026-11-23 07:00:00"`. */
export const sayUtc = (at: Instant): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");

/** In another year than any timeline, so that years are shown. */
const farAway = 0 as Instant;
