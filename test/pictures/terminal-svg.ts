import { displayWidth } from "../../src/terminal/text.ts";

const font = 14;
const line = 20;
/** How wide a letter of the terminal is drawn, whatever the reader's font says. */
const letter = 8.43;
const margin = 20;
const bar = 36;

const colours: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#56d364",
  "33": "#e3b341",
  "36": "#76e3ea",
};

/** A piece of a line with one look. */
interface Piece {
  readonly text: string;
  /** Where it begins, in columns. */
  readonly column: number;
  readonly look: string;
}

/**
 * What a terminal shows, with the sequences that colour it, as a picture of its window: dark on light pages and on dark ones.
 *
 * @param title of the window
 */
export const terminalSvg = (painted: string, title: string): string => {
  const lines = painted.replace(/^\n+/, "").split("\n");
  const pieces = lines.map(piecesOf);
  const columns = Math.max(...pieces.flat().map(({ text, column }) => column + displayWidth(text)));
  const width = Math.ceil(columns * letter + 2 * margin);
  const height = bar + lines.length * line + margin;
  const rows = pieces.flatMap((row, at) => row.map((piece) => drawn(piece, bar + 6 + (at + 0.75) * line)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)} in a terminal">
<style>
  text { font: ${font}px ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; fill: #e6edf3; white-space: pre; }
  .title { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #9198a1; }
  .bold { font-weight: 700; }
  .dim { fill: #8b949e; }
${Object.entries(colours)
  .map(([code, colour]) => `  .c${code} { fill: ${colour}; }`)
  .join("\n")}
</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" fill="#0d1117" stroke="#30363d"/>
<path d="M.5 ${bar}V10.5a10 10 0 0 1 10-10H${width - 10.5}a10 10 0 0 1 10 10V${bar}z" fill="#161b22" stroke="#30363d"/>
<circle cx="20" cy="18" r="6" fill="#ff5f57"/><circle cx="40" cy="18" r="6" fill="#febc2e"/><circle cx="60" cy="18" r="6" fill="#28c840"/>
<text class="title" x="${width / 2}" y="23" text-anchor="middle">${escaped(title)}</text>
${rows.join("\n")}
</svg>
`;
};

const drawn = ({ text, column, look }: Piece, y: number): string => {
  const x = round(margin + column * letter);
  const length = round(displayWidth(text) * letter);
  const style = look === "" ? "" : ` class="${look}"`;
  return `<text x="${x}" y="${y}"${style} textLength="${length}">${escaped(text)}</text>`;
};

/** Cuts a line where its look changes, and where blanks leave a gap: so every column stands where it does in the terminal. */
const piecesOf = (painted: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  const look = new Set<string>();
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is how a terminal is sent colours
  for (const [, codes, text = ""] of painted.matchAll(/(?:\x1b\[([\d;]*)m)|([^\x1b]+)/g)) {
    if (codes !== undefined) for (const code of codes.split(";")) change(look, code);
    for (const word of text.matchAll(/\S+(?: \S+)*/g))
      pieces.push({
        text: word[0],
        column: column + displayWidth(text.slice(0, word.index)),
        look: [...look].join(" "),
      });
    column += displayWidth(text);
  }
  return pieces;
};

const change = (look: Set<string>, code: string): void => {
  const isColour = (one: string) => one.startsWith("c");
  if (code === "" || code === "0") look.clear();
  else if (code === "1") look.add("bold");
  else if (code === "2") look.add("dim");
  else if (code === "22") for (const one of ["bold", "dim"]) look.delete(one);
  else if (code !== "49") {
    for (const one of [...look].filter(isColour)) look.delete(one);
    if (code in colours) look.add(`c${code}`);
    else if (code !== "39") throw new Error(`no picture is known for the sequence ${code}`);
  }
};

const round = (length: number): number => Math.round(length * 100) / 100;
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
