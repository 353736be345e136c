import { english, type Texts } from "./en.ts";
import { chinese } from "./zh.ts";

export type { Texts };

/** The languages with a catalogue of texts. */
export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

/**
 * Everything a person reads comes from here: `texts().screen.stopping`. A catalogue is loaded when its first text is needed.
 *
 * @param language @default that of the person at the terminal
 */
export const texts = (language: Language = currentLanguage()): Texts => {
  catalogues[language] ??= { en: english, zh: chinese }[language]();
  return catalogues[language];
};

const catalogues: Partial<Record<Language, Texts>> = {};

/** Chosen once, at the first text; the package may be loaded twice (tsx, phrases), and all copies of it speak one language. */
const shared = globalThis as { [current]?: Language };
const current = Symbol.for("onthedot.language");

export const currentLanguage = (): Language => {
  shared[current] ??= chooseLanguage(process.argv.slice(2), process.env);
  return shared[current];
};

export const useLanguage = (language: Language): void => {
  shared[current] = language;
};

/** `--lang`, else `ONTHEDOT_LANG`, else the locale (POSIX: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set), else English. */
export const chooseLanguage = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Language =>
  readLanguageFlag(args).language ??
  languageNamed(env.ONTHEDOT_LANG) ??
  languageNamed(env.LC_ALL || env.LC_MESSAGES || env.LANG) ??
  "en";

/** Reads `--lang zh` or `--lang=zh`, and gives the arguments without it. What follows `--` is the script's own. */
export const readLanguageFlag = (
  args: readonly string[],
): { readonly language?: Language; readonly rest: readonly string[] } => {
  const end = args.indexOf("--");
  const at = args.findIndex((arg, i) => (end < 0 || i < end) && /^--lang(?:=|$)/.test(arg));
  if (at < 0) return { rest: args };
  const [, joined] = args[at]!.split("=");
  const language = languageNamed(joined ?? args[at + 1]);
  return language ? { language, rest: args.toSpliced(at, joined === undefined ? 2 : 1) } : { rest: args };
};

/** `zh`, `zh-CN` and `zh_CN.UTF-8` name one language. */
const languageNamed = (name = ""): Language | undefined => {
  const [tag] = name.toLowerCase().split(/[-_.@]/);
  return languages.find((language) => language === tag);
};
