/** A block of code on a page. */
export interface Block {
  readonly page: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** A whole module: what is given for it in a comment before it, and the block itself. */
  readonly source: string;
  /** False for a block marked `ts no-run`: it is only read by the compiler. */
  readonly isRun: boolean;
  /** The lines it says it prints first, each behind `//=>`. */
  readonly prints: readonly string[];
}

/**
 * The blocks of a page that are marked as `ts`. What a block needs and does not show stands in a comment directly before it, which a reader of
 * the page does not see:
 *
 *     <!-- given
 *     const standup = () => {};
 *     -->
 */
export const blocksOf = (page: string, text: string): Block[] => {
  const fences = (text.match(/^```ts\b/gm) ?? []).length;
  const found = [
    ...text.matchAll(
      /(?:^<!-- given\n(?<given>[\s\S]*?)^-->\n+)?^```ts(?<mark> no-run)?\n(?<code>[\s\S]*?)^```$/gm,
    ),
  ];
  if (found.length !== fences)
    throw new Error(`${page}: ${fences} blocks begin with \`\`\`ts, ${found.length} can be read`);
  return found.map((match) => {
    const { given = "", mark, code = "" } = match.groups ?? {};
    const source = `${given}${code}`;
    return {
      page,
      line: text.slice(0, match.index + match[0].indexOf("```ts")).split("\n").length,
      source: /^(import|export)\b/m.test(source) ? source : `${source}\nexport {};\n`,
      isRun: mark === undefined,
      prints: [...code.matchAll(/^\/\/=> ?(.*)$/gm)].map(([, line]) => line ?? ""),
    };
  });
};

/** What the comments of a source file say, each line where it stands, as a page: its blocks of code can be read by {@link blocksOf}. */
export const commentsOf = (source: string): string =>
  source
    .split("\n")
    .map((line) => /^\s*\* ?(?!\/)(.*)$/.exec(line)?.[1] ?? "")
    .join("\n");

/** The rows of every table whose header begins with `| you write |`: phrase, meaning, first run. */
export const phrasesOf = (text: string): (readonly [string, string, string])[] =>
  [...text.matchAll(/^\| you write \|.*\n\|[-: |]+\n((?:\|.*\n?)+)/gim)].flatMap(([, rows = ""]) =>
    rows
      .trim()
      .split("\n")
      .map((row) => {
        const [phrase, means, first] = row
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map(plain);
        if (!phrase || !means || !first) throw new Error(`this row has fewer than three cells: ${row}`);
        return [phrase, means, first] as const;
      }),
  );

/** A cell as it is read: without backticks and quotes around it, and with its bars. */
const plain = (cell: string): string =>
  cell
    .trim()
    .replace(/^`(.*)`$/, "$1")
    .replace(/^["“](.*)["”]$/, "$1")
    .replaceAll("\\|", "|");
