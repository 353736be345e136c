import { counted, grouped, sayDateTime, sayLength, escapeMarkup as text } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { minute } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import type { ClockChange } from "./clock-changes.ts";
import { daysOf, type Mark, marksOf, nightOf, percent, sayExact, sayUtc } from "./picture.ts";
import {
  countMissed,
  countRuns,
  type Lane,
  sayChange,
  spanOf,
  startOf,
  type Timeline,
  type TimelineRun,
  timelineFacts,
} from "./timeline.ts";

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

/** How the timeline page looks: dark and light as the reader's system is, and on paper. */
export const timelineStyle = `
:root {
  color-scheme: light dark;
  --paper: #fbfbf9; --card: #ffffff; --ink: #1d2129; --soft: #667085; --line: #e6e7ea; --weekend: #f4f5f3;
  --run: #0e7c66; --late: #b45309; --missed: #b42318; --change: #d9930d; --nap: #64748b;
  --tip: #1d2129; --tip-ink: #f8fafc; --tip-soft: #b6bfcc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1216; --card: #161a20; --ink: #e8eaee; --soft: #95a0b0; --line: #272d36; --weekend: #1a1f26;
    --run: #3ecfae; --late: #f0a848; --missed: #f47067; --change: #f2b63c; --nap: #7d8ba0;
    --tip: #eef1f5; --tip-ink: #12161c; --tip-soft: #536072;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 40px clamp(16px, 3vw, 48px) 240px; background: var(--paper); color: var(--ink);
  font: 14px/1.45 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif;
}
h1 { margin: 0; font-size: 22px; font-weight: 650; letter-spacing: -.01em; }
.sub, .note { margin: 6px 0 0; color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: 8px; margin: 18px 0 22px; padding: 0; list-style: none; }
.facts li { padding: 3px 10px; border: 1px solid var(--line); border-radius: 99px; background: var(--card); font-size: 13px; }
.facts .is-change { border-color: var(--change); }
.board {
  display: grid; grid-template-columns: fit-content(260px) minmax(520px, 1fr) max-content; column-gap: 18px;
  padding: 4px 20px 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); min-width: 860px;
}
.back { position: relative; grid-column: 2; pointer-events: none; }
.day, .night, .moment, .nap { position: absolute; top: 0; bottom: 0; }
.day { border-left: 1px solid var(--line); }
.day.is-weekend { background: var(--weekend); }
.night { background: color-mix(in srgb, var(--change) 13%, transparent); }
.moment { border-left: 2px dashed var(--change); }
.back > .moment { top: 44px; }
.nap { background: repeating-linear-gradient(-45deg, color-mix(in srgb, var(--nap) 22%, transparent) 0 3px, transparent 3px 8px); }
.axis { position: relative; grid-column: 2; height: 44px; border-bottom: 1px solid var(--line); }
.axis > span { position: absolute; top: 12px; padding-left: 7px; overflow: hidden; white-space: nowrap; font-weight: 600; font-size: 13px; }
.axis > .flag { top: -9px; z-index: 3; padding: 0; overflow: visible; cursor: help; }
@media (max-width: 900px) { .month { display: none; } }
.flag > b {
  display: block; transform: translateX(-50%); padding: 1px 8px; border-radius: 99px; background: var(--change); color: #1d1503;
  font-size: 11px; line-height: 17px;
}
.flag.at-end > b { transform: translateX(-100%); }
.flag.at-start > b { transform: none; }
.name { grid-column: 1; padding: 9px 0; min-width: 0; }
.name b { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
.name span, .sum span { display: block; color: var(--soft); font-size: 12px; }
.name span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.track { position: relative; grid-column: 2; min-height: 46px; border-bottom: 1px solid var(--line); }
.sum { grid-column: 3; padding: 9px 0; text-align: right; font-variant-numeric: tabular-nums; }
.last.track { border-bottom: 0; }
.mark {
  position: absolute; top: 50%; height: 22px; min-width: 5px; margin: -11px 0 0 -2.5px; border-radius: 3px; background: var(--run);
  outline-offset: 2px; cursor: default;
}
.mark.is-many { margin-left: 0; border-radius: 2px; background: color-mix(in srgb, var(--run) 72%, var(--card)); }
.mark.is-late { background: var(--late); }
.mark.is-missed { height: 10px; margin-top: 5px; border: 1.5px solid var(--missed); background: transparent; }
.wait { position: absolute; top: 50%; height: 0; border-top: 2px dotted var(--late); }
.mark:hover, .mark:focus-visible { z-index: 4; filter: brightness(1.15); outline: 2px solid var(--ink); }
.flag:hover, .flag:focus-visible { z-index: 5; }
.tip {
  position: absolute; top: calc(100% + 9px); left: -14px; display: none; width: max-content; max-width: 420px; padding: 9px 12px;
  border-radius: 8px; background: var(--tip); color: var(--tip-ink); box-shadow: 0 6px 24px rgb(0 0 0 / .22);
  font-size: 12.5px; line-height: 1.5; text-align: left; white-space: normal; font-weight: 400;
}
.at-end .tip { left: auto; right: -14px; }
.tip b { display: block; font-weight: 650; overflow-wrap: anywhere; }
.tip i { display: grid; grid-template-columns: auto auto; gap: 0 18px; font-style: normal; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tip i > span { color: var(--tip-soft); }
.tip u { text-decoration: none; color: var(--tip-soft); }
.tip em { display: block; font-style: normal; color: var(--tip-soft); }
:hover > .tip, :focus-visible > .tip { display: block; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 16px 2px 0; color: var(--soft); font-size: 12.5px; }
.legend span { display: inline-flex; align-items: center; gap: 7px; }
.legend .mark { position: static; margin: 0; width: 5px; height: 16px; }
.legend .is-many { width: 24px; }
.legend .is-missed { width: 10px; height: 10px; }
.legend .swatch { position: static; width: 24px; height: 16px; border-radius: 2px; }
@media print {
  :root { color-scheme: light; }
  @page { size: landscape; margin: 12mm; }
  body { padding: 0; background: none; font-size: 11px; }
  .board { min-width: 0; border: 0; padding: 0; grid-template-columns: fit-content(200px) 1fr max-content; }
  .name span, .sum span { font-size: 10px; }
  .axis > span, .facts li, .legend { font-size: 11px; }
  .tip { display: none !important; }
  .track, .name, .sum { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
