import { dateValue } from "../time/date-types.ts";

/** The words of a chain as they were written, the last one first; the text is made when somebody asks for it. */
export interface Spoken {
  readonly before?: Spoken;
  readonly word: string;
  /** Left out for a word without parentheses. */
  readonly args?: readonly unknown[];
}

/** `every(3).days.at("10:30")`. */
export const spokenText = (spoken: Spoken): string => {
  const words: string[] = [];
  for (let last: Spoken | undefined = spoken; last; last = last.before)
    words.push(`${last.word}${last.args ? `(${last.args.map(written).join(", ")})` : ""}`);
  return words.reverse().join(".");
};

const written = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  const known = dateValue(value);
  if (known?.kind === "instant" && Number.isFinite(known.at))
    return JSON.stringify(new Date(known.at).toISOString());
  if (known) return JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  const own = value.toString();
  return own.startsWith("[object") ? `{ ${Object.entries(value).map(entry).join(", ")} }` : own;
};

const entry = ([name, value]: readonly [string, unknown]): string => `${name}: ${written(value)}`;
