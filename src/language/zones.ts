import { ScheduleError } from "../errors.ts";
import { zoneNamed, zoneNames } from "../time/zone.ts";
import { Mistake } from "./mistake.ts";

/** The zone of an IANA name in any letter case. */
export const zoneOf = (name: string): string | Mistake => named(capitalised(name));

const named = (name: string): string | Mistake => {
  try {
    return zoneNamed(name).name;
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return new Mistake("zone", error.accepted ?? "a time zone", error.nearest);
  }
};

/** As names of zones are written, for those that are known by more than one name: "Asia/Kathmandu", "America/Port-au-Prince". */
const capitalised = (name: string): string =>
  name.replace(/[a-z]+/g, (word) =>
    small.has(word) ? word : capitals.has(word) ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1),
  );

const capitals: ReadonlySet<string> = new Set(["utc", "gmt", "uct"]);
const small: ReadonlySet<string> = new Set(["of", "es", "au"]);

/** `UTC+2`, `GMT-3:30`. */
export const offsetZone = (written: string): string | Mistake => {
  const [, sign, hours = "", minutes = "00"] = /([+-]) ?(\d{1,2})(?::?(\d{2}))?$/.exec(written) ?? [];
  const isNothing = Number(hours) === 0 && Number(minutes) === 0;
  return isNothing ? "UTC" : named(`UTC${sign}${hours.padStart(2, "0")}:${minutes}`);
};

/** The zone that ends in the name of a city. */
export const cityZone = (city: string): string | Mistake => {
  const wanted = `/${city.replaceAll(/[ .'-]+/g, "_")}`;
  const found = zoneNames().find((name) => name.toLowerCase().replaceAll("-", "_").endsWith(wanted));
  return found ?? zoneOf(known.get(city) ?? city);
};

/** Cities whose zone is named after another one. */
const known: ReadonlyMap<string, string> = new Map([
  ["beijing", "Asia/Shanghai"],
  ["peking", "Asia/Shanghai"],
]);

/** Letter codes stand for several zones. */
export const codedZone = (code: string): Mistake =>
  new Mistake("zone", `an IANA name such as "Europe/Berlin", as ${code} means several zones`);
