import { ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";

/** The longest phrase that is read, in UTF-16 units. */
export const longestPhrase = 256;

/** A phrase as it is read: small letters, plain digits and signs, single blanks; and the way back to what was written. */
export interface Normalized {
  readonly text: string;
  /** Where the character at a place of `text` stands in what was written; the end of the text has a place too. */
  origin(at: number): number;
  /** Where what was written goes on behind that character. */
  after(at: number): number;
}

/**
 * Brings the many ways to write one character to one: full-width forms and compatibility characters (NFKC), letter case, dashes,
 * quotes, blanks. Chinese needs no blanks, so those next to a Chinese character go. A final full stop goes.
 *
 * @throws ScheduleError `phrase` for what is no text, is empty, or is longer than {@link longestPhrase}.
 */
export const normalize = (written: string): Normalized => {
  if (typeof written !== "string") throw unreadable(written, texts().phrases.text);
  if (written.length > longestPhrase)
    throw unreadable(written, texts().phrases.atMostCharacters(longestPhrase));
  const units: string[] = [];
  const origins: number[] = [];
  let at = 0;
  for (const char of written) {
    for (const unit of plain(char)) {
      if (unit !== " " || (units.length > 0 && units.at(-1) !== " ")) {
        units.push(unit);
        origins.push(at);
      }
    }
    at += char.length;
  }
  dropBlanks(units, origins);
  dropEnd(units, origins);
  if (units.length === 0) throw unreadable(written, texts().phrases.example);
  const text = units.join("");
  const after = (place: number) => endOf(written, origins[Math.min(place, origins.length - 1)]!);
  return { text, origin: (place) => origins[place] ?? after(place), after };
};

const plain = (char: string): string => {
  if (char >= "!" && char <= "~") return char >= "A" && char <= "Z" ? char.toLowerCase() : char;
  return signs.get(char) ?? (/\s/.test(char) ? " " : char.normalize("NFKC").toLowerCase());
};

/** Traditional characters, each in front of the simplified one it is read as. */
const traditional =
  "週周禮礼點点鐘钟鍾钟時时兩两個个箇个後后從从開开號号間间過过這这內内裡里裏里執执運运對对齊齐實实際际經经雙双結结續续連连總总計计僅仅複复復复倫伦東东紐纽約约爾尔韓韩國国臺台亞亚區区準准協协調调離离為为爲为與与還还並并請请發发觸触當当無无來来現现幾几隨随頭头於于邊边門门馬马蘭兰磯矶華华達达業业歲岁數数倆俩點点單单節节農农曆历曉晓會会醒醒鬧闹鈴铃雙双換换終终淩凌歐欧聖圣頓顿羅罗別别單单測测試试備备份份報报";

const signs: ReadonlyMap<string, string> = new Map([
  ...Array.from(
    { length: traditional.length / 2 },
    (_, i) => [traditional[2 * i]!, traditional[2 * i + 1]!] as const,
  ),
  ...[..."‐‑‒–—―−"].map((dash) => [dash, "-"] as const),
  ...[..."‘’ʼ"].map((quote) => [quote, "'"] as const),
  ["½", " 1/2"],
  ["¼", " 1/4"],
  ["¾", " 3/4"],
  ...[..."〜∼"].map((wave) => [wave, "~"] as const),
]);

/** Chinese characters and the signs that belong to them. */
const isChinese = (char: string | undefined): boolean =>
  char !== undefined && char >= "\u3000" && char <= "\u9fff";

const dropBlanks = (units: string[], origins: number[]): void => {
  for (let at = units.length - 1; at >= 0; at--) {
    if (units[at] !== " ") continue;
    if (at === units.length - 1 || isChinese(units[at - 1]) || isChinese(units[at + 1])) {
      units.splice(at, 1);
      origins.splice(at, 1);
    }
  }
};

const dropEnd = (units: string[], origins: number[]): void => {
  if (units.at(-1) !== "." && units.at(-1) !== "。") return;
  units.pop();
  origins.pop();
  if (units.at(-1) === " ") {
    units.pop();
    origins.pop();
  }
};

/** The end of the character that begins at a place. */
const endOf = (written: string, last: number): number => last + (written.codePointAt(last)! > 0xffff ? 2 : 1);

const unreadable = (given: unknown, accepted: string): ScheduleError =>
  new ScheduleError({ code: "phrase", what: texts().phrases.name, given, accepted });
