import { ScheduleError } from "../errors.ts";
import { type Notify, notifyOns, type Ping } from "../job/notices.ts";
import { nearest } from "../nearest.ts";
import { checkOptions } from "../options.ts";
import type { NotifyOptions, PingOptions } from "./grammar.ts";
import { oneOf } from "./policy-words.ts";

/** Checks what stands in `.ping(…)`. @throws ScheduleError `ping` */
export const readPing = (url: string | URL, options: PingOptions = {}): Ping => {
  checkOptions("ping(…)", options, ["start"]);
  return { url: readAddress(url, "ping", "ping(…)"), start: oneOfTwo(options.start ?? true) };
};

/** Checks what stands in `.notify(…)`. @throws ScheduleError `notify` */
export const readNotify = (to: string | URL = "desktop", options: NotifyOptions = {}): Notify => {
  checkOptions("notify(…)", options, ["on"]);
  return {
    to: to === "desktop" || to === "bell" ? to : readAddress(to, "notify", "notify(…)"),
    on: oneOf(options.on ?? "failure", notifyOns, "notify", "notify: on"),
  };
};

const readAddress = (given: string | URL, code: "ping" | "notify", what: string): string => {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  if (url && (url.username !== "" || url.password !== ""))
    throw new ScheduleError({
      code,
      what,
      given: `${url.protocol}//…@${url.host}`,
      accepted:
        "an address without a user name and a password: fetch refuses one, and it would stand in messages",
    });
  if (url && (url.protocol === "https:" || url.protocol === "http:") && url.hostname !== "") return url.href;
  const places = code === "notify" ? '"desktop", "bell", or ' : "";
  const near =
    code === "notify" && typeof given === "string" ? nearest(given, ["desktop", "bell"]) : undefined;
  throw new ScheduleError({
    code,
    what,
    given: given instanceof URL ? given.href : given,
    accepted: `${places}an address that begins with https:// or http://`,
    nearest: near && JSON.stringify(near),
  });
};

const oneOfTwo = (start: boolean): boolean => {
  if (typeof start === "boolean") return start;
  throw new ScheduleError({ code: "ping", what: "ping: start", given: start, accepted: "true or false" });
};
