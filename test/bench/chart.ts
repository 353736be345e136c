import { writeFileSync } from "node:fs";
import { circumstancesLine, formatNumber, isBare, type Results, type Row, subject } from "./results.ts";

/** The rows that are drawn: benchmark, row, and title. */
const drawn: readonly (readonly [benchmark: string, what: string, title: string])[] = [
  ["next", "mean in a zone", "The next occurrence, in a time zone"],
  ["enumerate", "every minute of 2026, Europe/Amsterdam", "A year of every minute, in a time zone"],
  ["register", "each of 1,000 jobs", "Registering one of 1,000 jobs"],
  ["fire", "1,000 jobs", "Starting 1,000 jobs due at once"],
  ["lateness", "99 % of the starts within", "An every-second job: 99 % start within"],
  ["startup", "import", "Start-up, over an empty script"],
];

const width = 860;
const left = 190;
const right = 110;
const bar = 15;
const gap = 5;

/** Draws bars on a logarithmic scale, light or dark like the page they are on. */
export const writeChart = (file: string, results: Results): void => {
  const panels = drawn.flatMap(([benchmark, what, title]) => {
    const row = results[benchmark]?.rows.find((one) => one.what === what);
    return row ? [{ title, row }] : [];
  });
  let y = 46;
  const bodies = panels.map(({ title, row }) => {
    const { svg, height } = panel(title, row, y);
    y += height;
    return svg;
  });
  const about = escaped(circumstancesLine(results));
  writeFileSync(
    file,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 30}" role="img" aria-label="onthedot beside other packages: shorter is better">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 14px; }
  .small { font-size: 11px; fill: #57606a; }
  .ours { fill: #1a7f37; }
  .other { fill: #afb8c1; }
  .bare { fill: #d0d7de; stroke: #8c959f; stroke-dasharray: 3 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .ours { fill: #3fb950; }
    .other { fill: #57606a; }
    .bare { fill: #21262d; stroke: #6e7681; }
  }
</style>
<text x="0" y="18" class="small">Shorter is better; the scale is logarithmic: a small step is a large factor.</text>
${bodies.join("\n")}
<text x="0" y="${y + 16}" class="small">${about}</text>
</svg>
`,
  );
};

const panel = (
  title: string,
  { values, unit }: Row,
  top: number,
): { readonly svg: string; readonly height: number } => {
  const bars = Object.entries(values)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number" && entry[1] > 0)
    .sort((a, b) => a[1] - b[1]);
  const least = Math.min(...bars.map(([, value]) => value)) / 2;
  const most = Math.max(...bars.map(([, value]) => value));
  const length = (value: number) =>
    Math.max(2, ((width - left - right) * Math.log(value / least)) / Math.log(most / least));
  const lines = bars.map(([name, value], i) => {
    const y = top + 10 + i * (bar + gap);
    const kind = name.startsWith(subject) ? "ours" : isBare(name) ? "bare" : "other";
    const end = left + length(value);
    return `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${escaped(name)}</text><rect class="${kind}" x="${left}" y="${y}" width="${length(value).toFixed(1)}" height="${bar}" rx="2"/><text x="${(end + 6).toFixed(1)}" y="${y + 12}" class="small">${formatNumber(value)} ${escaped(unit.replace(/ (late|CPU)$/, ""))}</text>`;
  });
  return {
    svg: [`<text x="0" y="${top}" class="title">${escaped(title)}</text>`, ...lines].join("\n"),
    height: 10 + bars.length * (bar + gap) + 34,
  };
};

const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
