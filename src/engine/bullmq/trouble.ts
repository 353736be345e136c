import { connect } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { ScheduleError } from "../../errors.ts";
import { type Address, masked } from "./address.ts";

/** What went wrong with Redis: `"down"` may pass by itself; the rest is a mistake in what was said of it. */
export type Trouble = "down" | ScheduleError;

/** Reads what a connection or a script has thrown. */
export const troubleOf = (error: Error, { place }: Address): Trouble => {
  const message = masked(error.message);
  const { code = "" } = error as { code?: string };
  if (/^(WRONGPASS|NOAUTH|ERR (invalid password|AUTH|Client sent AUTH|.*without any password))/.test(message))
    return mistake(
      "engine-password",
      `Redis at ${place} does not take this user and password (${firstWords(message)})`,
      '"redis://user:password@host:6379", with signs such as / and @ percent-encoded',
    );
  if (message.startsWith("NOPERM"))
    return mistake(
      "engine-permission",
      `The user of Redis at ${place} may not do all that is needed: ${message}`,
      "a user with the rights ~* &* +@all, or at least for the keys and channels onthedot:* and bull:*",
    );
  if (code === "ENOTFOUND")
    return mistake("engine-host", `There is no machine ${place}`, "the name of a Redis");
  if (/^ERR_(SSL|TLS)_|CERT|SELF_SIGNED|UNABLE_TO_/.test(code))
    return mistake("engine-tls", `No secure connection to ${place}: ${message}`, tlsWays);
  if (message.startsWith("Protocol error, got"))
    return mistake("engine-tls", `What answers at ${place} is no Redis, or one that wants TLS`, tlsWays);
  if (message.startsWith("READONLY"))
    return mistake(
      "engine-replica",
      `Redis at ${place} is a replica, which nothing can be written to`,
      "its primary",
    );
  if (/^ERR (DB index|invalid DB|SELECT)/.test(message))
    return mistake(
      "engine-url",
      `Redis at ${place} has no such database`,
      "a database that is there, as in /0",
    );
  return "down";
};

/**
 * Whether TLS is spoken where a plain connection was tried, or a plain connection is taken where TLS was: nobody else tells, the connection is only closed or never
 * answered.
 */
export const isOtherWay = ({ url, isSecure }: Address): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port: given } = new URL(url);
    const [host, port] = [hostname.replace(/^\[|\]$/g, ""), Number(given || 6379)];
    const socket = isSecure
      ? connect({ host, port })
      : connectSecurely({ host, port, rejectUnauthorized: false });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once(isSecure ? "connect" : "secureConnect", () => end(true));
    socket.once("error", () => end(false));
  });

export const otherWay = ({ place, isSecure }: Address): ScheduleError =>
  mistake("engine-tls", `What answers at ${place} ${isSecure ? "does not speak" : "speaks"} TLS`, tlsWays);

const tlsWays = "redis:// for a plain connection, rediss:// for TLS";

const mistake = (code: string, what: string, accepted: string): ScheduleError =>
  new ScheduleError({ code, what, accepted });

const firstWords = (message: string): string => message.split(/[.,]/)[0]!;
