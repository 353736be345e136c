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

/** What a page shows of a terminal. */
export interface Shown {
  readonly line: number;
  /** What was typed, behind the `$`; nothing where only a part of a screen is shown. */
  readonly typed: string | undefined;
  readonly text: string;
  /** The script it is about: the last block before it that begins with its name. */
  readonly script: { readonly name: string; readonly source: string } | undefined;
}

/** The blocks of a page that show a terminal: they are marked as nothing. */
export const shownOn = (page: string, text: string): Shown[] => {
  const scripts = blocksOf(page, text).flatMap(({ line, source }) => {
    const name = /^\/\/ (\w+\.ts)\n/.exec(source)?.[1];
    return name === undefined ? [] : [{ line, name, source }];
  });
  const fences = text
    .split("\n")
    .flatMap((one, at) => (one.startsWith("```") ? [{ mark: one.slice(3), at }] : []));
  const lines = text.split("\n");
  return fences.flatMap(({ mark, at }, i) => {
    if (mark !== "" || i % 2 !== 0) return [];
    const [first = "", ...rest] = lines.slice(at + 1, fences[i + 1]?.at);
    const typed = /^\$ (.*)$/.exec(first)?.[1];
    const shown = typed === undefined ? [first, ...rest] : rest;
    return [
      {
        line: at + 1,
        typed,
        text: shown.join("\n").replace(/^\n+/, ""),
        script: scripts.findLast(({ line }) => line <= at),
      },
    ];
  });
};

/** What the comments of a source file say, each line where it stands, as a page: its blocks of code can be read by {@link blocksOf}. */
export const commentsOf = (source: string): string =>
  source
    .split("\n")
    .map((line) => /^\s*\*(?!\/) ?(.*)$/.exec(line)?.[1] ?? "")
    .join("\n");

/** The rows of every table whose header begins with `| you write |` or `| 写 |`: phrase, meaning, first run. */
export const phrasesOf = (text: string): (readonly [string, string, string])[] =>
  [...text.matchAll(/^\| (?:you write|写) \|.*\n\|[-: |]+\n((?:\|.*\n?)+)/gim)].flatMap(([, rows = ""]) =>
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
