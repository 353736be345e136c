import { ScheduleError } from "../../errors.ts";

/** Where a Redis is, and how it may be told of. */
export interface Address {
  readonly url: string;
  /** `"redis.example.com:6379"`: without user and password. */
  readonly place: string;
  readonly isSecure: boolean;
}

/**
 * Reads the address of a Redis. Neither the password nor what could be one is ever shown.
 *
 * @throws ScheduleError `engine-url`
 */
export const readAddress = (given: string): Address => {
  const url = typeof given === "string" ? parse(given) : undefined;
  if (!url) return refuse(given, typeof given === "string" ? nearest(given) : undefined);
  const port = url.port === "" ? "6379" : url.port;
  if (port === "0") refuse(given, undefined);
  if (!/^\/?\d*$/.test(url.pathname)) refuse(given, `${url.protocol}//${url.hostname}:${port}/0`);
  return { url: given, place: `${url.hostname}:${port}`, isSecure: url.protocol === "rediss:" };
};

const parse = (given: string): URL | undefined => {
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  return (url.protocol === "redis:" || url.protocol === "rediss:") && url.hostname !== "" ? url : undefined;
};

/** Most often the scheme is missing, or it is that of the web. */
const nearest = (given: string): string | undefined => {
  const tried = `redis://${given.trim().replace(/^[a-z+]*:?\/\//i, "")}`;
  const url = parse(tried);
  return url && isHarmless(given.trim()) ? JSON.stringify(tried) : undefined;
};

const refuse = (given: unknown, near: string | undefined): never => {
  throw new ScheduleError({
    code: "engine-url",
    what: "Address of Redis",
    given:
      typeof given === "string" && isHarmless(given)
        ? given
        : "what is not shown, for it may hold a password",
    accepted:
      '"redis://localhost:6379", or "rediss://…" for TLS, with user:password@ and /database where needed',
    nearest: near,
  });
};

/** Nothing of a user, a password or anything else that is secret can stand in it. */
const isHarmless = (given: string): boolean => /^([a-z]*:?\/\/)?[\w.-]*(:\d{0,5})?(\/\d{0,3})?$/i.test(given);

/** No address is longer, and no message of Redis's that is worth reading. */
const longest = 500;

/** A text in which whatever stands before an `@`, or behind the colon of a user without a name, is not shown. */
export const masked = (text: string): string =>
  text
    .replace(/\/\/:[^\s@/]+/g, "//:***")
    .replace(/(\/\/)?[^/\s@]+(?:\/[^/\s@]*)*@/g, (_, slashes: string | undefined) => `${slashes ?? ""}***@`)
    .slice(0, longest);
