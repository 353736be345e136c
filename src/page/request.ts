import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { isLoopback } from "../checks.ts";

/** Where the page is served, and the secret that opens it. */
export interface Site {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** The name of this machine, by which others may ask for the page when it is not on loopback. */
  readonly machine: string;
}

/** What was asked for, as node:http has it. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What the server does: the page itself, the stream of events, one job, the timeline, an action. */
export type Route = "page" | "events" | "job" | "timeline" | "act";

export type Verdict =
  | { readonly kind: "allowed"; readonly route: Route; readonly query: URLSearchParams }
  /** The token in the address is right: the browser gets a cookie, and an address without the token. */
  | { readonly kind: "signedIn" }
  | { readonly kind: "refused"; readonly status: 401 | 403 | 404 | 405 | 415 | 421 };

const routes: Readonly<Record<string, readonly [route: Route, method: "GET" | "POST"]>> = {
  "/": ["page", "GET"],
  "/events": ["events", "GET"],
  "/job": ["job", "GET"],
  "/timeline": ["timeline", "GET"],
  "/act": ["act", "POST"],
};

const refused = (status: Extract<Verdict, { kind: "refused" }>["status"]): Verdict => ({
  kind: "refused",
  status,
});

/**
 * Whether a request may be answered.
 *
 * The host is checked first: a foreign name that was made to point here (DNS rebinding) gets nothing. Then the origin: a browser says where a request comes from, and any other page
 * than our own is refused, also one on another port of this machine, which counts as the same site for cookies.
 *
 * @param ticket a secret like the token that is good for one time: it was passed to a browser on a command line, which others can read
 */
export const judge = (asked: Asked, site: Site, ticket?: string): Verdict => {
  const host = one(asked.headers.host);
  if (host === undefined || !isOurs(host, site)) return refused(421);
  const { pathname, searchParams: query } = new URL(asked.url, "http://page.invalid");
  const known = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
  const [route, method] = known ?? [];
  const origin = one(asked.headers.origin);
  const from = one(asked.headers["sec-fetch-site"]);
  // Following a link shows the page to its own user and changes nothing.
  const isVisit = route === "page" && one(asked.headers["sec-fetch-mode"]) === "navigate";
  if (origin === undefined ? asked.method === "POST" : origin !== `http://${host}`) return refused(403);
  if (from !== undefined && from !== "same-origin" && from !== "none" && !isVisit) return refused(403);
  if (!route) return refused(404);
  if (asked.method !== method) return refused(405);
  const token = query.get("token");
  if (route === "page" && token !== null)
    return isSame(token, site.token) || (ticket !== undefined && isSame(token, ticket))
      ? { kind: "signedIn" }
      : refused(401);
  if (!cookiesOf(one(asked.headers.cookie) ?? "", cookieName(site)).some((it) => isSame(it, sessionOf(site))))
    return refused(401);
  // A form of a foreign page can send anything but this.
  if (method === "POST" && !/^application\/json(?:;|$)/.test(one(asked.headers["content-type"]) ?? ""))
    return refused(415);
  return { kind: "allowed", route, query };
};

/** One of several equal headers could be overlooked: then there is none. */
const one = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === "string" ? header : undefined;

/** An address in figures cannot be made to point elsewhere, so any of them will do where the page is not on loopback. */
const isOurs = (host: string, { host: own, port, machine }: Site): boolean => {
  const [, name = "", given] = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::(\d+))?$/i.exec(host) ?? [];
  if (Number(given ?? 80) !== port) return false;
  const asked = name.replaceAll(/[[\]]/g, "").toLowerCase();
  if (["localhost", "127.0.0.1", "::1", own.toLowerCase()].includes(asked)) return true;
  const machines = [machine, `${machine}.local`].map((it) => it.toLowerCase());
  return !isLoopback(own) && (isIP(asked) > 0 || machines.includes(asked));
};

/** Cookies do not know ports: two scripts on one machine need two names. */
export const cookieName = ({ port }: Site): string => `onthedot-${port}`;

/** Made from the token: whoever has a token of their own stays signed in when the script is started again. */
export const sessionOf = ({ token }: Site): string => digest(`session ${token}`).toString("base64url");

/** Session cookies, which no script can read and no foreign page can have sent. */
export const cookieOf = (site: Site): string =>
  `${cookieName(site)}=${sessionOf(site)}; HttpOnly; SameSite=Strict; Path=/`;

const cookiesOf = (header: string, name: string): readonly string[] =>
  header
    .split("; ")
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** @param hashes of the inline script and styles of the page */
export const securityHeaders = (hashes: { readonly script: string; readonly styles: readonly string[] }) => ({
  "Content-Security-Policy": [
    "default-src 'none'",
    `script-src '${hashes.script}'`,
    `style-src ${hashes.styles.map((hash) => `'${hash}'`).join(" ")}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; "),
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
});

/** As a content security policy names an inline script or style. */
export const hashOf = (text: string): string => `sha256-${digest(text).toString("base64")}`;
