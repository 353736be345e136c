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
  opens: (text) => openers.test(text),
});

/** Words that begin a phrase by themselves, so that "every" and "on" are not put in front of them. */
const openers =
  /^(?:(?:every|each|any|on|once|twice|thrice|daily|everyday|nightly|hourly|weekly|monthly|quarterly|yearly|annually|fortnightly|half-hourly|at|in|from|between|starting|beginning|until|except|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)days|(?:week|work|working |business )days|weekends|mornings|afternoons|evenings|nights)(?![a-z])|\()/;
