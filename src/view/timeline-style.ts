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
