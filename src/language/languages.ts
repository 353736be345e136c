import { chinese } from "./chinese/chinese.ts";
import { english } from "./english/english.ts";
import type { Language } from "./language.ts";

/**
 * The languages that are read, the first that claims a text reads it. To add one, write its table beside these: its words by kind (`Words`) and,
 * for each rule, the ways to say it (`Patterns`), each with what it means in the terms of `meaning.ts`. All that comes behind the
 * table - days, times, limits, checks, errors - knows no language.
 */
const languages: readonly Language[] = [chinese, english];

/** The language a text is written in. */
export const languageOfText = (text: string): Language =>
  languages.find((language) => language.speaks(text))!;
