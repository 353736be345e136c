import { languageOf } from "../language.ts";
import { type Scan, scanWritten } from "../scan.ts";
import { clauses } from "./clauses.ts";
import { clocks } from "./clocks.ts";
import { days } from "./days.ts";
import { marks } from "./marks.ts";
import { moments } from "./moments.ts";
import { numbers } from "./numbers.ts";
import { words } from "./words.ts";

const cityShape = /[a-z]+(?:[ .'-][a-z]+){0,3}?(?= time(?![a-z]))/y;

/** Cities are found by the word behind them: "paris time". */
const scan: Scan = (text, at) => {
  const written = scanWritten(text, at);
  if (!text.includes(" time")) return written;
  cityShape.lastIndex = at;
  const city = cityShape.exec(text)?.[0];
  return city ? [...written, { kind: "city", meaning: city, end: at + city.length }] : written;
};

/** English. */
export const english = languageOf({
  speaks: () => true,
  words,
  patterns: { ...numbers, ...clocks, ...marks, ...days, ...moments, ...clauses },
  scan,
  scanned: ["city"],
  fillers: [],
  joiners: [", and", "and", "&", ";", "plus", "as well as", ", plus"],
  every: "every ",
  on: "on ",
  except: "except ",
  chrono: "en",
  leadIn:
    /^(?:(?:please|run|runs|repeat|repeats|execute|executes|fire|fires|trigger|triggers|schedule|schedules|remind me|notify me|wake me(?: up)?|set (?:an|the) alarm for|alarm)(?: it)?,? )+/,
  task: {
    shape: /^(?:to|that|about) [a-z]/,
    accepted: "nothing behind the schedule: leave out the task, say only when",
  },
  unsupported: [
    [
      /\b(?:lunar|full moon|new moon|chinese new year|ramadan)\b/,
      "days of our calendar; lunar dates are not supported",
    ],
    [
      /\b(?:holidays?|easter|christmas|thanksgiving|new year'?s)\b/,
      'days that are named, such as "december 25"; public holidays are not supported in phrases',
    ],
    [
      /\b(?:sunrise|sunset|dawn|dusk)\b/,
      'a time of day such as "6:30"; sunrise and sunset are not supported',
    ],
    [/\b(?:weeks? \d+|calendar week|week of the year)\b/, "a date; weeks of the year are not supported"],
    [
      /^[@*?]|^[\d*/,?-]+ [\d*/,?-]+ /,
      'words such as "every day at 9"; for a cron expression, use cron("…")',
    ],
    [/(?![a-z])\p{L}/u, "English or Chinese; phrases in other languages are not read"],
    [
      /\b(?:jeden|jede|täglich|uhr|todos?|cada|chaque|tous|les|jours|heures|ogni|dias|lunes|montags?|lundi)\b/,
      "English or Chinese; phrases in other languages are not read",
    ],
  ],
  opens: (text) => openers.test(text),
});

/** Words that begin a phrase by themselves, so that "every" and "on" are not put in front of them. */
const openers =
  /^(?:(?:every|each|any|on|once|twice|thrice|daily|everyday|nightly|hourly|weekly|monthly|quarterly|yearly|annually|fortnightly|half-hourly|at|in|from|between|starting|beginning|until|except|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)days|(?:week|work|working |business )days|weekends|mornings|afternoons|evenings|nights)(?![a-z])|\()/;
