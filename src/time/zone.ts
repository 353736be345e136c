import { nearest, ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";
import { systemClock } from "./clock.ts";
import type { Instant, Milliseconds } from "./instant.ts";
import { day, hour, minute, second } from "./plain-time.ts";

declare const unit: unique symbol;

/**
 * What the calendar and the clock on a wall show, as one number: the milliseconds that would have passed since 1970 if
 * that clock were UTC. Wall times can be compared and counted with; only a {@link Zone} can turn them into instants.
 */
export type WallTime = number & { readonly [unit]: "wall" };

/**
 * A stretch of time in which a zone's offset does not change: from `from` (included) to `to` (excluded).
 * Two neighbouring spans may have the same offset, so the end of a span need not be a clock change.
 */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
  readonly offset: Milliseconds;
}

/** The place that relates instants and wall times. */
export interface Zone {
  /** `"Europe/Berlin"`, `"UTC"`, `"UTC+02:00"`. */
  readonly name: string;
  /** The span that holds an instant. Cached; about 20 ns when asked for neighbouring instants. */
  spanAt(at: Instant): Span;
}

/** What the wall clock shows at an instant. */
export const wallAt = (zone: Zone, at: Instant): WallTime => (at + zone.spanAt(at).offset) as WallTime;

/** How far the wall clock is ahead of UTC at an instant. */
export const offsetAt = (zone: Zone, at: Instant): Milliseconds => zone.spanAt(at).offset;

/** No clock change and no zone moves the wall by more than this (Apia left out a whole day in 2011). */
export const widest = 26 * hour;

/**
 * The instants at which a wall clock shows a time: none in a gap, two in a fold (earlier first), else one.
 */
export const wallToInstants = (zone: Zone, wall: WallTime): readonly Instant[] => {
  const before = offsetAt(zone, (wall - widest) as Instant);
  const after = offsetAt(zone, (wall + widest) as Instant);
  const early = (wall - Math.max(before, after)) as Instant;
  if (before === after && offsetAt(zone, early) === before) return [early];
  const found = new Set<Instant>();
  for (let at = (wall - widest) as Instant; at < wall + widest; ) {
    const span = zone.spanAt(at);
    const instant = (wall - span.offset) as Instant;
    if (instant >= span.from && instant < span.to) found.add(instant);
    at = span.to;
  }
  return [...found].sort((a, b) => a - b);
};

/**
 * The one instant at which a wanted wall time happens: the first of two in a fold; in a gap, later by the gap's width
 * (Temporal's `compatible`, RFC 5545 section 3.3.5).
 */
export const resolveWall = (zone: Zone, wall: WallTime): Instant => {
  const { from, to, offset } = zone.spanAt(wall as number as Instant);
  const usual = (wall - offset) as Instant;
  // Far from any change: searches through a hundred years ask a million times.
  if (usual - from > widest && to - usual > widest) return usual;
  const first = wallToInstants(zone, wall)[0];
  if (first !== undefined) return first;
  let at = (wall - widest) as Instant;
  for (;;) {
    const span = zone.spanAt(at);
    if (span.to + zone.spanAt(span.to).offset > wall) return (wall - span.offset) as Instant;
    at = span.to;
  }
};

/** The start of the next day on the wall clock. */
export const midnightAfter = (at: Instant, zone: Zone): Instant =>
  resolveWall(zone, ((Math.floor(wallAt(zone, at) / day) + 1) * day) as WallTime);

const everywhere = { from: -Infinity as Instant, to: Infinity as Instant };

/** A zone whose offset never changes. */
export const fixedZone = (name: string, offset: number): Zone => {
  const span: Span = { ...everywhere, offset: offset as Milliseconds };
  return { name, spanAt: () => span };
};

export const utc: Zone = fixedZone("UTC", 0);

/**
 * Cuts time into cells of six days, asks for the offset at their ends alone, and finds a change inside a cell by
 * bisection. No zone has changed its offset twice within six days (checked from 1970 to 2040).
 */
class RuledZone implements Zone {
  readonly name: string;
  readonly #offset: (at: number) => number;
  readonly #cells = new Map<number, readonly Span[]>();
  /** The offset at the moment asked for last: where one cell ends the next begins. */
  #end = { at: Number.NaN, offset: 0 };
  #last: Span = { from: 0 as Instant, to: 0 as Instant, offset: 0 as Milliseconds };

  constructor(name: string, offset: (at: number) => number) {
    this.name = name;
    this.#offset = offset;
  }

  spanAt(at: Instant): Span {
    const last = this.#last;
    if (at >= last.from && at < last.to) return last;
    if (at < firstChange) {
      this.#last = span(-Infinity, firstChange, this.#offset(firstChange - 1));
      return this.#last;
    }
    const spans = this.#cell(Math.floor(at / cellLength));
    this.#last = spans.length === 2 && at >= spans[1]!.from ? spans[1]! : spans[0]!;
    return this.#last;
  }

  #cell(index: number): readonly Span[] {
    const known = this.#cells.get(index);
    if (known) return known;
    const [from, to] = [index * cellLength, (index + 1) * cellLength];
    const before = this.#end.at === from ? this.#end.offset : this.#offset(from);
    const after = this.#offset(to);
    this.#end = { at: to, offset: after };
    const change = before === after ? to : this.#change(from, to, before);
    const first = this.#grown(index - 1, from, change, before);
    const spans = change === to ? [first] : [first, span(change, to, after)];
    if (this.#cells.size >= mostCells) this.#cells.clear();
    this.#cells.set(index, spans);
    return spans;
  }

  /** The span of the cell before, made longer where it has the same offset; else a new one. */
  #grown(before: number, from: number, to: number, offset: number): Span {
    const last = this.#cells.get(before)?.at(-1);
    if (last?.offset !== offset || last.to !== from) return span(from, to, offset);
    (last as { to: Instant }).to = to as Instant;
    return last;
  }

  /** The whole second at which the offset stops being `before`. */
  #change(from: number, to: number, before: number): number {
    let [low, high] = [from / second, to / second];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#offset(middle * second) === before) low = middle;
      else high = middle;
    }
    return high * second;
  }
}

const cellLength = 6 * day;
/** Before it, every zone had its local mean time: the first change is that of Manila, which left out 31 December 1844. */
const firstChange = Math.floor(Date.UTC(1844, 11, 30) / cellLength) * cellLength;
/** 200 years, so that a search through a hundred, or since the first change, asks for each offset once; a cell costs about 100 bytes. */
const mostCells = 12_288;
const span = (from: number, to: number, offset: number): Span => ({
  from: from as Instant,
  to: to as Instant,
  offset: offset as Milliseconds,
});

let system: Zone | undefined;

/**
 * The zone of this process, read through `Date`, so that a script that names no zone never loads `Intl` (17 ms).
 */
export const systemZone = (): Zone =>
  (system ??= Object.defineProperty(new RuledZone("local", localOffset), "name", {
    get: () => zoneInUse().name,
    enumerable: true,
  }));

/** `TZ` when a schedule first needed an offset: it can be set later, and times must not move then. */
let asked: { readonly tz: string | undefined } | undefined;
/** The zone that `asked` names, once `TZ` has been changed. */
let kept: Zone | undefined;

const localOffset = (at: number): number => {
  const { TZ: tz } = process.env;
  asked ??= { tz };
  if (tz !== asked.tz) kept ??= zoneUnder(asked.tz);
  return kept ? kept.spanAt(at as Instant).offset : dateOffset(at);
};

const dateOffset = (at: number): number => 0 - new Date(at).getTimezoneOffset() * minute;

let named: { readonly tz: string | undefined; readonly zone: Zone } | undefined;

/** The zone that times of this process are really in, with its name. */
const zoneInUse = (): Zone => {
  const tz = asked ? asked.tz : process.env.TZ;
  if (!named || named.tz !== tz) named = { tz, zone: zoneUnder(tz) };
  return named.zone;
};

/** The zone that Node counts with where `TZ` is this. */
export const zoneUnder = (tz: string | undefined): Zone => {
  const now = process.env.TZ;
  const isSame = now === tz;
  if (!isSame) setTz(tz);
  try {
    return zoneOfDates();
  } finally {
    if (!isSame) setTz(now);
  }
};

const setTz = (tz: string | undefined): void => {
  if (tz === undefined) delete process.env.TZ;
  else process.env.TZ = tz;
};

/**
 * `Intl` gives names that `Date` does not count with: under `TZ=PST` it says America/Los_Angeles, and times are UTC. A name is believed where its offsets are those of
 * `Date`; else the offset is the name.
 */
const zoneOfDates = (): Zone => {
  const offsets = samples().map(dateOffset);
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (name && isZoneName(name) && name !== "Etc/Unknown") {
    if (/^(?:Etc\/)?UTC$/.test(name) && offsets.every((offset) => offset === 0)) return utc;
    const zone = new RuledZone(name, offsetsOf(name));
    if (samples().every((at, i) => offsetAt(zone, at) === offsets[i])) return zone;
  }
  const [offset = 0] = offsets;
  return offset === 0 ? utc : fixedZone(`UTC${formatOffset(offset)}`, offset);
};

/** `"+02:00"`. */
export const formatOffset = (offset: number): string => {
  const size = Math.abs(offset);
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(size / hour)}:${two((size % hour) / minute)}`;
};

/**
 * What is surprising about the zone of this process, in words, or nothing. Node counts in UTC, or with a bare offset, where it does not know what `TZ` says.
 */
export const systemZoneTrouble = (tz: string | undefined = process.env.TZ): string | undefined => {
  const words = texts().systemZone;
  if (asked && tz === process.env.TZ && tz !== asked.tz) return words.setLate(tz, zoneInUse().name);
  if (tz === undefined) return undefined;
  const used = zoneUnder(tz).name;
  if (tz === "") return words.empty(used);
  const given = JSON.stringify(tz);
  const plain = tz.replace(/^:/, "").replace(/^(?:.*\/zoneinfo\/|(?:posix|right)\/)/, "");
  const meant = properName(plain);
  if (plain !== tz.replace(/^:/, "") && used.startsWith("UTC") && !meant?.includes("UTC"))
    return words.path(given, used, meant);
  if (isLetterCode(plain) && used !== "UTC") return words.code(given, used);
  if (meant !== undefined && !isLetterCode(plain) && offsetsAgree(meant, zoneUnder(tz))) return undefined;
  if (/^utc$|^gmt$|^u(?:ct|niversal)$|^zulu$/i.test(plain) && used === "UTC") return undefined;
  if (/^[A-Za-z]{3,}[+-]?\d/.test(plain) && used !== "UTC") return words.posix(given, used);
  const isCode = isLetterCode(plain) || /^[A-Z]{2,5}$/.test(plain);
  const near = isCode ? undefined : (meant ?? nearestZone(plain)?.replaceAll('"', ""));
  return words.unknown(given, used, near === plain ? undefined : near);
};

/** A zone's name as it is written, `"Europe/Berlin"` of `"europe/berlin"`. */
const properName = (name: string): string | undefined =>
  isZoneName(name)
    ? (zoneNames().find((known) => known.toLowerCase() === name.toLowerCase()) ??
      new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone)
    : undefined;

const offsetsAgree = (name: string, zone: Zone): boolean => {
  const offset = offsetsOf(name);
  return samples().every((at) => offset(at) === offsetAt(zone, at));
};

/** A moment in each quarter of this year. */
const samples = (): readonly Instant[] => {
  const year = new Date(systemClock.now()).getUTCFullYear();
  return [0, 3, 6, 9].map((month) => Date.UTC(year, month, 15) as Instant);
};

const zones = new Map<string, Zone>();

/**
 * The zone of a name: IANA (`"Europe/Berlin"`, any case), `"UTC"`, or a fixed offset `"UTC+02:00"` of at most 14 hours.
 *
 * @throws ScheduleError `zone` with the nearest name.
 */
export const zoneNamed = (name: string): Zone => {
  const known = zones.get(name);
  if (known) return known;
  const zone = offsetZone(name) ?? ianaZone(name);
  zones.set(name, zone);
  return zone;
};

const offsetZone = (name: string): Zone | undefined => {
  if (typeof name !== "string") return undefined;
  if (/^utc$/i.test(name)) return utc;
  if (name === "Etc/UTC") return fixedZone(name, 0);
  const parts = /^UTC([+-])(\d{2}):([0-5]\d)$/.exec(name);
  if (!parts) return undefined;
  const offset = Number(parts[2]) * hour + Number(parts[3]) * minute;
  if (offset > 14 * hour) throw unknownZone(name);
  return fixedZone(name, parts[1] === "-" ? -offset : offset);
};

const ianaZone = (name: string): Zone => {
  if (isLetterCode(name) || !isZoneName(name)) throw unknownZone(name);
  const proper = zoneNames().find((candidate) => candidate.toLowerCase() === name.toLowerCase()) ?? name;
  return new RuledZone(proper, offsetsOf(proper));
};

/** How far the clocks of a zone are ahead of UTC, as `Intl` writes it behind a date: `"GMT+01:00"`, `"GMT-00:44:30"`. One answer takes a microsecond. */
const offsetsOf = (timeZone: string): ((at: number) => number) => {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (at) => {
    const parts = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(at));
    if (!parts) return 0;
    const length = Number(parts[2]) * hour + Number(parts[3]) * minute + Number(parts[4] ?? 0) * second;
    return parts[1] === "-" ? -length : length;
  };
};

/**
 * Three letters that are no IANA name. ICU knows some of them all the same, by meanings few expect: its BST is Bangladesh's.
 */
const isLetterCode = (name: string): boolean =>
  /^[a-z]{3}$/i.test(name) && !/^(?:[cemw]et|gmt|uct|prc|ro[ck])$/i.test(name);

const isZoneName = (name: string): boolean => {
  if (typeof name !== "string" || !/^[a-z]/i.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** The zones this Node knows by their first name. */
export const zoneNames = (): readonly string[] => Intl.supportedValuesOf("timeZone");

/** Also by the names that people write today, where the first name is an older one: Kolkata, not Calcutta. */
export const writtenZoneNames = (): readonly string[] => [...zoneNames(), ...renamed.split(" ")];
const renamed =
  "Asia/Kolkata Asia/Kathmandu Asia/Ho_Chi_Minh Asia/Yangon Europe/Kyiv America/Nuuk Atlantic/Faroe";

const unknownZone = (given: unknown): ScheduleError =>
  new ScheduleError({
    code: "zone",
    ...texts().errors.zone,
    given,
    nearest: typeof given === "string" ? nearestZone(given) : undefined,
  });

/** The same city (`"berlin"`), a bare offset written out (`"+05:30"`), or a name of two letters' difference. */
const nearestZone = (given: string): string | undefined => {
  const offset = /^(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?([0-5]\d))?$/i.exec(given);
  if (offset && Number(offset[2]) <= 14)
    return `"UTC${offset[1]}${offset[2]!.padStart(2, "0")}:${offset[3] ?? "00"}"`;
  const wanted = given.toLowerCase().replaceAll(" ", "_");
  const names = writtenZoneNames();
  const best =
    names.find((name) => name.toLowerCase() === wanted || name.toLowerCase().endsWith(`/${wanted}`)) ??
    nearest(wanted, names);
  return best && JSON.stringify(best);
};
