import { countRuns, type Lane, startOf, type Timeline } from "../simulation/timeline.ts";
import type { Instant } from "../time/instant.ts";
import { escapeMarkup as text } from "./markup.ts";
import { spanOf, timelineFacts } from "./timeline-facts.ts";
import { type Mark, marksOf } from "./timeline-marks.ts";
import { daysOf, nightOf, percent, sayExact, sayUtc } from "./timeline-scale.ts";
import { cutTo, displayWidth } from "./width.ts";
import { counted, grouped } from "./words.ts";

/** The timeline as a picture for a README: 960 units wide, dark and light as the reader's system is, without a script. */
export const timelineSvg = (timeline: Timeline): string => {
  const { lanes } = timeline;
  const height = top + lanes.length * lane + bottom;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(`${counted(lanes.length, "job")}, ${spanOf(timeline, "to")}`)}">
<style>${style}</style>
<rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10"/>
<text class="title" x="${margin}" y="30">${text(spanOf(timeline, "→"))}</text>
<text class="soft" x="${width - margin}" y="30" text-anchor="end">${text(timeline.zone.name)}</text>
${background(timeline, height - bottom)}
${lanes.map((one, i) => laneOf(one, top + i * lane, timeline)).join("\n")}
<text class="soft" x="${margin}" y="${height - 16}">${text(cutTo(timelineFacts(timeline, { arrow: "→", ellipsis: "…" }).join(" · "), 130, "…"))}</text>
</svg>
`;
};

const width = 960;
const margin = 20;
const left = 190;
const right = 870;
const top = 72;
const bottom = 40;
const lane = 30;

const style = `
text { font: 13px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif; fill: #1d2129; }
.card { fill: #ffffff; stroke: #e6e7ea; } .title { font-size: 15px; font-weight: 650; } .soft { fill: #667085; font-size: 12px; }
.line { stroke: #e6e7ea; } .weekend { fill: #f4f5f3; } .night { fill: #d9930d; opacity: .15; } .moment { stroke: #d9930d; stroke-width: 2; stroke-dasharray: 4 3; }
.nap { fill: #64748b; opacity: .18; } .run { fill: #0e7c66; } .many { opacity: .75; } .late { fill: #b45309; } .missed { fill: none; stroke: #b42318; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
text { fill: #e8eaee; } .card { fill: #161a20; stroke: #272d36; } .soft { fill: #95a0b0; } .line { stroke: #272d36; } .weekend { fill: #1a1f26; }
.night { fill: #f2b63c; } .moment { stroke: #f2b63c; } .nap { fill: #7d8ba0; } .run { fill: #3ecfae; } .late { fill: #f0a848; } .missed { stroke: #f47067; }
}`;

const across = (at: Instant, timeline: Timeline): number =>
  Math.round((left + (percent(at, timeline) / 100) * (right - left)) * 100) / 100;

const band = (className: string, from: Instant, to: Instant, timeline: Timeline, end: number): string => {
  const [start, stop] = [across(from, timeline), across(to, timeline)];
  return `<rect class="${className}" x="${start}" y="44" width="${Math.round((stop - start) * 100) / 100}" height="${end - 44}"/>`;
};

const background = (timeline: Timeline, end: number): string => {
  const days = daysOf(timeline);
  const every = Math.ceil(days.length / 10);
  const room = (timeline.to - timeline.from) / 14;
  return [
    ...days
      .filter(({ isWeekend }) => isWeekend)
      .map(({ from, to }) => band("weekend", from, to, timeline, end)),
    ...timeline.naps.map(({ from, to }) =>
      band(
        "nap",
        Math.max(from, timeline.from) as Instant,
        Math.min(to, timeline.to) as Instant,
        timeline,
        end,
      ),
    ),
    ...days.map(({ from }) => {
      const x = across(from, timeline);
      return `<path class="line" d="M${x} 44V${end}"/>`;
    }),
    ...days
      .filter(({ from, to }, i) => i % every === 0 && (to - from) * every > room)
      .map(
        ({ from, name }) =>
          `<text class="soft" x="${across(from, timeline) + 6}" y="61">${text(name)}</text>`,
      ),
    ...timeline.changes
      .filter(({ zone }) => zone === timeline.zone)
      .map((change) => {
        const night = nightOf(change, timeline);
        const x = across(change.at, timeline);
        return `${band("night", night.from, night.to, timeline, end)}<path class="moment" d="M${x} ${top}V${end}"/>`;
      }),
  ].join("\n");
};

const laneOf = (one: Lane, y: number, timeline: Timeline): string => {
  const middle = y + lane / 2;
  const name = cutTo(one.name, 22, "…");
  const squeezed =
    displayWidth(name) > 19 ? ` textLength="${left - margin - 14}" lengthAdjust="spacingAndGlyphs"` : "";
  return `<path class="line" d="M${margin} ${y}H${width - margin}"/><text x="${margin}" y="${middle + 5}"${squeezed}>${text(name)}<title>${text(`${one.name}: ${one.when}`)}</title></text>${marksOf(
    one,
    timeline,
    110,
  )
    .map((mark) => markOf(mark, one, middle, timeline))
    .join(
      "",
    )}<text class="soft" x="${width - margin}" y="${middle + 5}" text-anchor="end">${grouped(countRuns(one))}</text>`;
};

const markOf = (mark: Mark, { zone, name }: Lane, middle: number, timeline: Timeline): string => {
  const { kind, from, to, count, first } = mark;
  const start = across(from, timeline);
  const isMany = to > from;
  const wide = isMany ? Math.max(5, across(to, timeline) - start) : 5;
  const high = kind === "missed" ? 8 : 16;
  const said = first.map(
    (run) => `${sayExact(startOf(run), zone)} ${zone.name}, ${sayUtc(startOf(run))} UTC`,
  );
  const more = count > first.length ? [`${count} in all, the last ${sayExact(to, zone)}`] : [];
  const title = [name, ...said, ...more].map(text).join("\n");
  return `<rect class="${kind === "late" ? "late" : kind}${isMany ? " many" : ""}" x="${isMany ? start : start - 2.5}" y="${middle - high / 2}" width="${Math.round(wide * 100) / 100}" height="${high}" rx="2"><title>${title}</title></rect>`;
};
