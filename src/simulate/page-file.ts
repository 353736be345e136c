import { escapeMarkup as safe } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import { sayExact, sayUtc, timelineSvg } from "./picture.ts";
import { countMissed, isRun, type Lane, spanOf, startOf, type Timeline } from "./timeline.ts";

/**
 * A timeline as a page of its own: one file that loads nothing and runs no script. It shows the picture, what its marks mean, and below it a
 * table of the runs to the second, which a keyboard and a screen reader reach too.
 */
export const timelineHtml = (timeline: Timeline): string => {
  const { lanes, script } = timeline;
  const words = texts().timeline;
  const title = script ?? words.jobs(lanes.length);
  return `<!doctype html>
<html lang="${currentLanguage()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${safe(`${title}, ${spanOf(timeline, "–")}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
<div class="picture" tabindex="0">${timelineSvg(timeline)}</div>
<p class="legend">${legend(timeline)}</p>
<p class="note">${safe(words.notRun)}</p>
<details><summary>${safe(words.everyRun)}</summary>
${lanes.map((lane) => table(lane)).join("\n")}
</details>
</main>
</body>
</html>
`;
};

/** More runs of one job than this help no reader, and make a page slow. */
const mostRows = 50;

const style = `
:root{color-scheme:light dark;--ink:#1d2129;--soft:#5d6675;--back:#fbfbf9;--line:#e6e7ea;--run:#0e7c66;--late:#b45309;--missed:#b42318}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaee;--soft:#9aa5b4;--back:#0f1216;--line:#272d36;--run:#3ecfae;--late:#f0a848;--missed:#f47067}}
@media print{:root{color-scheme:light;--ink:#1d2129;--soft:#5d6675;--back:#fff;--line:#e6e7ea;--run:#0e7c66;--late:#b45309;--missed:#b42318}}
body{margin:0;background:var(--back);color:var(--ink);font:14px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC",sans-serif}
main{max-width:1240px;margin:0 auto;padding:24px 20px 48px}
.picture{overflow-x:auto}.picture svg{display:block;width:100%;min-width:760px;height:auto}
.legend,.note{color:var(--soft);font-size:13px;margin:12px 0 0}.legend span{margin-right:20px;white-space:nowrap}
.legend i{display:inline-block;vertical-align:-2px;margin-right:7px;border-radius:2px;width:3px;height:14px;background:var(--run)}
.legend i.many{width:24px;border-radius:5px}.legend i.late{background:var(--late)}.legend i.missed{width:7px;height:7px;vertical-align:1px;border-radius:5px;border:1.5px solid var(--missed);background:none}.legend i.asleep,.legend i.clockChange{width:16px;background:#64748b;opacity:.4}.legend i.clockChange{background:#d9930d}
details{margin-top:24px}summary{cursor:pointer;font-weight:600}:focus-visible{outline:2px solid var(--run);outline-offset:2px}
table{border-collapse:collapse;margin:16px 0 0;font-variant-numeric:tabular-nums}caption{text-align:left;font-weight:600;padding:4px 0}td,th{text-align:left;padding:2px 24px 2px 0;border-top:1px solid var(--line);font-weight:400}th{color:var(--soft);font-size:12px}`;

const legend = ({ lanes, naps, changes }: Timeline): string => {
  const words = texts().timeline.legend;
  const all = lanes.flatMap(({ runs }) => runs);
  const shown = [
    ["run", true],
    ["many", true],
    ["late", all.some((run) => isRun(run) && (run.late ?? 0) >= 60_000)],
    ["missed", lanes.some((lane) => countMissed(lane) > 0)],
    ["asleep", naps.length > 0],
    ["clockChange", changes.length > 0],
  ] as const;
  return shown
    .map(([key, isShown]) => (isShown ? `<span><i class="${key}"></i>${safe(words[key])}</span>` : ""))
    .join("");
};

const table = ({ name, zone, runs }: Lane): string => {
  if (runs.length === 0) return "";
  const words = texts().timeline;
  const rows = runs.slice(0, mostRows).map((run) => {
    const what = isRun(run) ? "" : ` · ${safe(words.missed(run.count ?? 1))}`;
    return `<tr><td>${safe(sayExact(startOf(run), zone))}${what}</td><td>${sayUtc(startOf(run))}</td></tr>`;
  });
  const more =
    runs.length > mostRows ? ` <small>(${safe(words.firstRuns(mostRows, runs.length))})</small>` : "";
  return `<table><caption>${safe(name)}${more}</caption><tr><th>${safe(zone.name)}</th><th>UTC</th></tr>${rows.join("")}</table>`;
};
