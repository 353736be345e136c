import type { ClockChange } from "../simulation/clock-changes.ts";
import {
  countMissed,
  countRuns,
  type Lane,
  startOf,
  type Timeline,
  type TimelineRun,
} from "../simulation/timeline.ts";
import type { Instant } from "../time/instant.ts";
import { minute } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import { escapeMarkup as text } from "./markup.ts";
import { sayChange, spanOf, timelineFacts } from "./timeline-facts.ts";
import { type Mark, marksOf } from "./timeline-marks.ts";
import { daysOf, nightOf, percent, sayExact, sayUtc } from "./timeline-scale.ts";
import { timelineStyle } from "./timeline-style.ts";
import { counted, grouped, sayDateTime, sayLength } from "./words.ts";

/**
 * The timeline as a page of its own: one file that loads nothing and runs no script. A lane a job; under the pointer, and when a mark is
 * reached with the keyboard, the exact moments in the job's zone and in UTC.
 */
export const timelineHtml = (timeline: Timeline): string => {
  const { lanes, zone } = timeline;
  const most = Math.min(140, Math.max(48, Math.floor(mostMarks / Math.max(1, lanes.length))));
  const rows = lanes
    .map((lane, i) => laneRow(lane, i + 2, i === lanes.length - 1, timeline, most))
    .join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${text(`${counted(lanes.length, "job")}, ${spanOf(timeline, "to")}`)}</title>
<style>${timelineStyle}</style>
</head>
<body>
<h1>${text(spanOf(timeline, "→"))}</h1>
<p class="sub">${text(zone.name)} · ${counted(lanes.length, "job")} · nothing was executed: this is what the schedules say</p>
<ul class="facts">${facts(timeline)}</ul>
<div class="board" style="grid-template-rows:auto repeat(${lanes.length},auto)">
<div class="back" style="grid-row:1/span ${lanes.length + 1}">${background(timeline)}</div>
<div class="axis" style="grid-row:1">${axis(timeline)}</div>
${rows}
</div>
<div class="legend">${legend(timeline)}</div>
</body>
</html>
`;
};

/** A page with more marks than this is slow to open. */
const mostMarks = 12_000;

/** Nearer to the right end than this, what pops up does so to the left. */
const nearEnd = 62;

const facts = (timeline: Timeline): string => {
  const changes = new Set(timeline.changes.map((change) => sayChange(change, timeline, "→")));
  return timelineFacts(timeline, { arrow: "→", ellipsis: "…" })
    .map((fact) => `<li${changes.has(fact) ? ' class="is-change"' : ""}>${text(fact)}</li>`)
    .join("");
};

const place = (from: Instant, to: Instant, timeline: Timeline): string => {
  const left = percent(from, timeline);
  const width = Math.round((percent(to, timeline) - left) * 1_000) / 1_000;
  return `left:${left}%${width > 0 ? `;width:${width}%` : ""}`;
};

/** Days, nights in which clocks change, and sleep, behind all lanes. */
const background = (timeline: Timeline): string => {
  const own = timeline.changes.filter(({ zone }) => zone === timeline.zone);
  return [
    ...daysOf(timeline).map(
      ({ from, to, isWeekend }) =>
        `<div class="day${isWeekend ? " is-weekend" : ""}" style="${place(from, to, timeline)}"></div>`,
    ),
    ...timeline.naps.map(({ from, to }) => {
      const [start, end] = [Math.max(from, timeline.from), Math.min(to, timeline.to)] as [Instant, Instant];
      return `<div class="nap" style="${place(start, end, timeline)}"></div>`;
    }),
    ...own.map((change) => marked(change, timeline)),
  ].join("");
};

const marked = (change: ClockChange, timeline: Timeline): string => {
  const night = nightOf(change, timeline);
  return `<div class="night" style="${place(night.from, night.to, timeline)}"></div><div class="moment" style="left:${percent(change.at, timeline)}%"></div>`;
};

const axis = (timeline: Timeline): string => {
  const days = daysOf(timeline);
  const every = Math.ceil(days.length / 14);
  const names = days
    .filter((day, i) => i % every === 0 && (day.to - day.from) * every > (timeline.to - timeline.from) / 16)
    .map(({ from, to, name }) => {
      const room = place(from, Math.min(timeline.to, from + (to - from) * every) as Instant, timeline);
      return `<span style="${room}" title="${text(name)}">${days.length > 8 ? text(name.replace(/^\w+ /, "")) : withMonthApart(name)}</span>`;
    });
  const flags = timeline.changes.map((change) => {
    const at = percent(change.at, timeline);
    const sign = change.after > change.before ? "+" : "−";
    const said = sayChange(change, timeline, "→");
    const edge = at > nearEnd ? " at-end" : at < 4 ? " at-start" : "";
    return `<span class="flag${edge}" style="left:${at}%" tabindex="0"><b>${sign}${sayLength(Math.abs(change.after - change.before))}</b><span class="tip"><b>${text(said)}</b>${moments(change.zone, row(change.at, change.zone))}<em>${change.after > change.before ? "Wall times in between do not exist that night." : "The wall times before it come twice that night."}</em></span></span>`;
  });
  return [...names, ...flags].join("");
};

/** The month is left out where there is no room for it. */
const withMonthApart = (name: string): string => {
  const [weekday = "", dayOfMonth = "", ...month] = name.split(" ").map(text);
  return `${weekday} ${dayOfMonth}<span class="month"> ${month.join(" ")}</span>`;
};

const laneRow = (lane: Lane, row: number, isLast: boolean, timeline: Timeline, most: number): string => {
  const foreign = lane.zone === timeline.zone ? "" : ` · ${lane.zone.name}`;
  const marks = marksOf(lane, timeline, most).map((mark) => markup(mark, lane, timeline));
  const changes = timeline.changes.filter(({ zone }) => zone === lane.zone && zone !== timeline.zone);
  const [runs, missed] = [countRuns(lane), countMissed(lane)];
  const next =
    lane.next === null ? "no further run" : `next ${sayDateTime(lane.next, timeline.from, lane.zone)}`;
  const last = isLast ? " last" : "";
  return `<div class="name" style="grid-row:${row}"><b title="${text(lane.name)}">${text(lane.name)}</b><span title="${text(lane.when)}">${text(lane.when + foreign)}</span></div>
<div class="track${last}" style="grid-row:${row}">${changes.map((change) => marked(change, timeline)).join("")}${marks.join("")}</div>
<div class="sum" style="grid-row:${row}">${grouped(runs)} ${runs === 1 ? "run" : "runs"}${missed > 0 ? `, ${grouped(missed)} missed` : ""}<span>${text(next)}</span></div>`;
};

const markup = (mark: Mark, lane: Lane, timeline: Timeline): string => {
  const { kind, from, to, count, first } = mark;
  const isMany = to > from;
  const edge = percent(from, timeline) > nearEnd ? " at-end" : "";
  const head = count === 1 ? "" : `<em>${grouped(count)} ${kind === "missed" ? "missed" : "runs"}</em>`;
  const wait = kind === "late" && !isMany ? waiting(first[0]!, timeline) : "";
  return `${wait}<span class="mark is-${kind}${isMany ? " is-many" : ""}${edge}" style="${place(from, to, timeline)}" tabindex="0"><span class="tip" role="tooltip"><b>${text(lane.name)}</b>${head}${table(mark, lane)}${remarks(mark, lane)}</span></span>`;
};

/** From the planned moment to the start. */
const waiting = (run: TimelineRun, timeline: Timeline): string =>
  `<span class="wait" style="${place(Math.max(run.at, timeline.from) as Instant, startOf(run), timeline)}"></span>`;

/** The moments of a mark, in the job's zone and in UTC. */
const table = ({ first, count, to }: Mark, { zone }: Lane): string => {
  const told = first.reduce((sum, run) => sum + (run.count ?? 1), 0);
  const more = `<span>and ${grouped(count - told)} more, the last</span><span></span>${row(to, zone)}`;
  return moments(zone, first.map((run) => row(startOf(run), zone)).join("") + (count > told ? more : ""));
};

const moments = (zone: Zone, rows: string): string =>
  `<i><span>${text(zone.name)}</span><span>UTC</span>${rows}</i>`;

const row = (at: Instant, zone: Zone): string => `${text(sayExact(at, zone))}<u>${sayUtc(at)}</u>`;

/** What is odd about the first run of a mark. */
const remarks = ({ first: [run], count }: Mark, { zone }: Lane): string => {
  if (!run) return "";
  const late = startOf(run) - run.at;
  return [
    run.outcome === "succeeded"
      ? ""
      : `<em>${text(run.outcome)}${count > 1 ? "; told is the last one" : ""}</em>`,
    late >= minute ? `<em>${sayLength(late)} late: planned for ${text(sayExact(run.at, zone))}</em>` : "",
  ].join("");
};

const legend = ({ lanes, naps, changes }: Timeline): string => {
  const kinds = new Set(lanes.flatMap((lane) => lane.runs.map(({ outcome }) => outcome)));
  const isLate = lanes.some((lane) => lane.runs.some((run) => startOf(run) - run.at >= minute));
  return [
    `<span><i class="mark"></i>one run</span>`,
    `<span><i class="mark is-many"></i>several, too near to each other to be told apart</span>`,
    isLate ? `<span><i class="mark is-late"></i>late; the dots begin at the planned moment</span>` : "",
    [...kinds].some((kind) => kind !== "succeeded")
      ? `<span><i class="mark is-missed"></i>missed</span>`
      : "",
    naps.length > 0 ? `<span><i class="swatch nap"></i>asleep</span>` : "",
    changes.length > 0 ? `<span><i class="swatch night"></i>a night in which clocks change</span>` : "",
  ].join("");
};
