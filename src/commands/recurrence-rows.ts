import { toCron } from "../language/cron/format.ts";
import { toChain, toSystemd } from "../language/export.ts";
import { compile } from "../recurrence/next/compile.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { type Fate, type StrangeTime, strangeTimes } from "../simulate/clock-changes.ts";
import { colored, type Glyphs, plain, type Style, tableLines } from "../terminal/style.ts";
import { clockAt, grouped, joinTo, sayDate } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { fixedZone, resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";

/** A line of an explanation: what it is about, and what is said. */
export type Row = readonly [head: string, text: string];

/** An explanation as lines; sentences that are too long for the terminal go on below their beginning. */
export const rowLines = (rows: readonly Row[], style: Style): readonly string[] => {
  const room = style.width - Math.max(...rows.map(([head]) => head.length)) - gaps;
  const cells = rows.flatMap(([head, text]) =>
    joinTo(text.split(" "), " ", room).map((line, i) => [
      [colored("dim", i === 0 ? head : "")],
      [plain(line)],
    ]),
  );
  return tableLines(cells, style, { shrinks: [], indent: 2 });
};

/** Blanks before and between the columns. */
const gaps = 5;

/** The same recurrence in other languages, where they have words for all of it. */
export const sameAs = (recurrence: Recurrence, { dot }: Pick<Glyphs, "dot">): readonly Row[] => {
  const [cron, systemd, chain] = [toCron(recurrence), toSystemd(recurrence), toChain(recurrence)];
  const said = [
    ...(cron === null ? [] : [`cron ${cron}`]),
    ...(systemd === null ? [] : [`systemd ${systemd}`]),
    ...(chain === null ? [] : [chain]),
  ];
  return said.length === 0 ? [] : [["same as", said.join(`  ${dot}  `)]];
};

/** What programs want to know of a recurrence: the same in other languages, its zone, how often it runs, and its strange nights. */
export const recurrenceFacts = (recurrence: Recurrence, zone: Zone, now: Instant) => ({
  cron: toCron(recurrence),
  systemd: toSystemd(recurrence),
  chain: toChain(recurrence),
  zone: zone.name,
  runsInAYear: runsInAYear(recurrence, zone, now),
  mind: strangeNights(recurrence, zone, now).map(([, text]) => text),
});

/** How many runs the next twelve months have. */
export const howOften = (recurrence: Recurrence, zone: Zone, now: Instant): readonly Row[] => {
  const runs = runsInAYear(recurrence, zone, now);
  const said = runs === null ? `more than ${grouped(mostCounted)}` : grouped(runs);
  return [["how often", `${said} in the next 12 months`]];
};

/** A year of "every minute" is counted to its end. */
const mostCounted = 600_000;

/** The number of runs in the next twelve months; null where it is above 600,000 and not that of one interval. */
export const runsInAYear = (recurrence: Recurrence, zone: Zone, now: Instant): number | null => {
  const end = inAYear(now, zone);
  if (recurrence.kind === "interval" && !recurrence.random) return Math.floor((end - now) / recurrence.every);
  const trigger = compile(recurrence, { zone, anchor: now });
  let runs = 0;
  for (let at = trigger.next(now); at !== null && at <= end && runs <= mostCounted; at = trigger.next(at))
    runs++;
  return runs > mostCounted ? null : runs;
};

const inAYear = (now: Instant, zone: Zone): Instant => {
  const date = new Date(wallAt(zone, now));
  date.setUTCFullYear(date.getUTCFullYear() + 1);
  return resolveWall(zone, date.getTime() as WallTime);
};

/** What happens in the nights of the next twelve months in which clocks change. */
export const strangeNights = (recurrence: Recurrence, zone: Zone, now: Instant): readonly Row[] => {
  const groups = new Map<string, StrangeTime[]>();
  for (const one of strangeTimes(recurrence, zone, now, inAYear(now, zone))) {
    const key = `${one.change.at} ${one.change.zone.name} ${one.fate}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((times, i): Row => [i === 0 ? "mind" : "", sayNight(times, zone)]);
};

const sayNight = (times: readonly StrangeTime[], zone: Zone): string => {
  const { change, fate } = times[0]!;
  const date = sayDate(times[0]!.wall as number as Instant, 0 as Instant, onTheWall);
  const where = change.zone.name === zone.name ? "" : ` (${change.zone.name})`;
  const walls = listed(times.map(({ wall }) => sayWall(wall)));
  const instead = listed(times.flatMap(({ runsAt }) => (runsAt === undefined ? [] : [sayWall(runsAt)])));
  const [one, many] = sayings[fate];
  return `${date}${where}  ${walls} ${(times.length === 1 ? one : many).replace("$", instead)}`;
};

const sayings: Readonly<Record<Fate, readonly [one: string, many: string]>> = {
  moved: ["does not exist that night, it runs at $", "do not exist that night, they run at $"],
  "left-out": ["does not exist that night and is left out", "do not exist that night and are left out"],
  first: ["comes twice, it runs the first time only", "come twice, they run the first time only"],
  second: ["comes twice, it runs the second time only", "come twice, they run the second time only"],
  both: ["comes twice and runs both times", "come twice and run both times"],
};

const onTheWall = fixedZone("wall", 0);
const sayWall = (wall: WallTime): string => clockAt(wall as number as Instant, onTheWall);

/** `"02:00, 02:30"`, and only the ends of many. */
const listed = (all: readonly string[]): string =>
  all.length > 3 ? `${all[0]}, ${all[1]} … ${all.at(-1)}` : all.join(", ");
