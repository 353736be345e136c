import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { hostname } from "node:os";
import { isLoopback } from "../checks.ts";
import { texts } from "../text/text.ts";

/** Where the page is served, and the secret that opens it. */
export interface Site {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** The name of this machine, by which others may ask for the page when it is not on loopback. */
  readonly machine: string;
}

const routes: Readonly<Record<string, "GET" | "POST">> = {
  "/": "GET",
  "/events": "GET",
  "/job": "GET",
  "/timeline": "GET",
  "/act": "POST",
};

/** What the paths of requests are read against. */
const base = "http://page.invalid";

/**
 * Whether a request may be answered.
 *
 * The host is checked first: a foreign name that was made to point here (DNS rebinding) gets nothing. Then the origin: a browser says where a request comes from, and any other page
 * than our own is refused, also one on another port of this machine, which counts as the same site for cookies.
 *
 * @param ticket a secret like the token that is good for one time: it was passed to a browser on a command line, which others can read
 * @returns 200; 303 if the token in the address is right, where the browser gets a cookie and an address without the token; else why it is refused
 */
export const judge = (
  { method, url = "", headers }: Pick<IncomingMessage, "method" | "url" | "headers">,
  site: Site,
  ticket?: string,
): number => {
  // One of several equal headers could be overlooked: then there is none.
  const header = (name: string) => (typeof headers[name] === "string" ? headers[name] : undefined);
  const host = header("host");
  if (host === undefined || !isOurs(host, site)) return 421;
  if (!URL.canParse(url, base)) return 404;
  const { pathname, searchParams } = new URL(url, base);
  const origin = header("origin");
  const from = header("sec-fetch-site");
  // Following a link shows the page to its own user and changes nothing.
  const isVisit = pathname === "/" && header("sec-fetch-mode") === "navigate";
  if (origin === undefined ? method === "POST" : origin !== `http://${host}`) return 403;
  if (from !== undefined && from !== "same-origin" && from !== "none" && !isVisit) return 403;
  if (!Object.hasOwn(routes, pathname)) return 404;
  if (method !== routes[pathname]) return 405;
  const token = searchParams.get("token");
  if (pathname === "/" && token !== null)
    return isSame(token, site.token) || (ticket !== undefined && isSame(token, ticket)) ? 303 : 401;
  const [name, session] = cookieOf(site);
  const cookies = (header("cookie") ?? "").split("; ").filter((pair) => pair.startsWith(`${name}=`));
  if (!cookies.some((pair) => isSame(pair.slice(name.length + 1), session))) return 401;
  // A form of a foreign page can send anything but this.
  if (method === "POST" && !/^application\/json(?:;|$)/.test(header("content-type") ?? "")) return 415;
  return 200;
};

/** An address in figures cannot be made to point elsewhere, so any of them will do where the page is not on loopback. */
const isOurs = (host: string, { host: own, port, machine }: Site): boolean => {
  const [, name = "", given] = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::(\d+))?$/i.exec(host) ?? [];
  if (Number(given ?? 80) !== port) return false;
  const asked = name.replaceAll(/[[\]]/g, "").toLowerCase();
  if (["localhost", "127.0.0.1", "::1", own.toLowerCase()].includes(asked)) return true;
  const machines = [machine, `${machine}.local`].map((it) => it.toLowerCase());
  return !isLoopback(own) && (isIP(asked) > 0 || machines.includes(asked));
};

/**
 * The name of the session cookie and its value. Cookies do not know ports: two scripts on one machine need two names. The value is made from the token: whoever has a
 * token of their own stays signed in when the script is started again.
 */
export const cookieOf = ({ port, token }: Site): readonly [name: string, value: string] => [
  `onthedot-${port}`,
  digest(`session ${token}`).toString("base64url"),
];

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** The page as one file. In the package, the build puts it here: see `.ci/page.mjs`. */
declare const ONTHEDOT_PAGE: string | undefined;

/** In the sources it is built when it is asked for. */
const build = async (): Promise<string> => {
  const builder = new URL("../../.ci/page.mjs", import.meta.url).href;
  const { buildPage } = (await import(/* @vite-ignore */ builder)) as { buildPage(): Promise<string> };
  return buildPage();
};

/** The page, and the headers that let a browser run it and nothing else. @param style of pictures, which are put into the page */
export const loadPage = async (style: string) => {
  const html = typeof ONTHEDOT_PAGE === "string" ? ONTHEDOT_PAGE : await build();
  const hashOf = (text: string): string => `'sha256-${digest(text).toString("base64")}'`;
  const inside = (tag: string): string => new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? "";
  const headers = {
    "Content-Security-Policy": [
      "default-src 'none'",
      `script-src ${hashOf(inside("script"))}`,
      `style-src ${hashOf(inside("style"))} ${hashOf(style)}`,
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
  };
  return { html, headers };
};

/** What the server shows. */
interface Content {
  /** Of pictures, which are put into the page. */
  readonly style: string;
  /** A page has connected, and is sent what changes until it leaves. */
  connect(send: (event: string, data: unknown) => void): () => void;
  job(id: string): unknown;
  timeline(hours: number): Promise<string>;
  /** The status and what is answered. */
  act(text: string): readonly [status: number, data: unknown];
}

export type PageServer = Awaited<ReturnType<typeof serve>>;

/** More than any action takes. */
const longestBody = 4_096;
const mostBuffered = 8_000_000;

/** Serves a page until it is closed. It keeps no process alive. Rejects when the port cannot be had. */
export const serve = async ({ host, port, token }: Omit<Site, "machine">, content: Content) => {
  const { html, headers } = await loadPage(content.style);
  let site: Site = { host, port, token, machine: hostname() };
  let ticket: string | undefined;
  const streams = new Set<ServerResponse>();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const end = (status: number, type = "text/plain", text = `${status}\n`): void => {
      response.writeHead(status, { "Content-Type": `${type}; charset=utf-8` }).end(text);
    };
    const json = (status: number, data: unknown) => end(status, "application/json", JSON.stringify(data));
    const status = judge(request, site, ticket);
    if (status === 401) return end(401, "text/plain", `${texts().page.signIn}\n`);
    if (status === 303) {
      ticket = undefined;
      // No script can read it, and no foreign page can have sent it.
      const cookie = `${cookieOf(site).join("=")}; HttpOnly; SameSite=Strict; Path=/`;
      response.setHeader("Set-Cookie", cookie).setHeader("Location", "/");
    }
    if (status !== 200) return end(status);
    const { pathname, searchParams: query } = new URL(request.url!, base);
    if (pathname === "/") return end(200, "text/html", html);
    if (pathname === "/events") return stream(response);
    if (pathname === "/act") return json(...content.act(await bodyOf(request)));
    if (pathname === "/timeline")
      return end(200, "image/svg+xml", await content.timeline(Number(query.get("hours"))));
    const job = content.job(query.get("id") ?? "");
    return job ? json(200, job) : end(404);
  };

  const stream = (response: ServerResponse): void => {
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
    streams.add(response);
    const leave = content.connect((event, data) => {
      // A page that does not read, such as one in a tab that sleeps, is dropped; it connects again and gets everything.
      if (response.writableLength > mostBuffered) response.destroy();
      else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    });
    response.on("close", () => {
      streams.delete(response);
      leave();
    });
  };

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  // A connection that is open must not keep a script alive whose jobs have ended.
  server.on("connection", (socket) => socket.unref?.());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  server.on("error", () => {}).unref();
  site = { ...site, port: (server.address() as AddressInfo).port };
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${site.port}/`;
  return {
    /** `"http://127.0.0.1:8080/"`. */
    address,
    /** An address with a secret that is good for one visit: who sees it on a command line later gets nothing. */
    visit(): string {
      ticket = newToken();
      return `${address}?token=${ticket}`;
    },
    close(): void {
      for (const response of streams) response.end();
      server.close();
      server.closeIdleConnections();
    },
  };
};

export const newToken = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
    if (body.length > longestBody) return "";
  }
  return body;
};
