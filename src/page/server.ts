import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { texts } from "../text/text.ts";
import { cookieOf, judge, type Site } from "./request.ts";

/** What the server shows. */
export interface Content {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A page has connected, and is sent what changes until it leaves. */
  connect(send: (event: string, data: unknown) => void): () => void;
  job(id: string): unknown;
  timeline(hours: number): Promise<string>;
  /** Answers `undefined` for what is no action. */
  act(text: string): ActResult | undefined;
}

export type ActResult = { readonly ok: true } | { readonly error: string };

export interface PageServer {
  readonly site: Site;
  /** `"http://127.0.0.1:8080/"`. */
  readonly address: string;
  /** An address with a secret that is good for one visit: who sees it on a command line later gets nothing. */
  visit(): string;
  close(): void;
}

/** More than any action takes. */
const longestBody = 4_096;

/** Serves a page until it is closed. It keeps no process alive. Rejects when the port cannot be had. */
export const serve = async (
  { host, port, token }: Omit<Site, "machine">,
  content: Content,
): Promise<PageServer> => {
  let site: Site = { host, port, token, machine: hostname() };
  let ticket: string | undefined;
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  // A connection that is open must not keep a script alive whose jobs have ended.
  server.on("connection", (socket) => socket.unref?.());

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = request;
    for (const [name, value] of Object.entries(content.headers)) response.setHeader(name, value);
    const verdict = judge({ method, url, headers }, site, ticket);
    if (verdict.kind === "refused")
      return end(response, verdict.status, "text/plain", refusal(verdict.status));
    if (verdict.kind === "signedIn") {
      ticket = undefined;
      response.setHeader("Set-Cookie", cookieOf(site)).setHeader("Location", "/");
      return end(response, 303, "text/plain", "");
    }
    switch (verdict.route) {
      case "page":
        return end(response, 200, "text/html", content.html);
      case "events":
        return stream(response);
      case "job": {
        const job = content.job(verdict.query.get("id") ?? "");
        return job ? json(response, 200, job) : end(response, 404, "text/plain", refusal(404));
      }
      case "timeline":
        return end(
          response,
          200,
          "image/svg+xml",
          await content.timeline(Number(verdict.query.get("hours"))),
        );
      case "act": {
        const result = content.act(await bodyOf(request));
        if (!result) return end(response, 400, "text/plain", refusal(400));
        return json(response, "ok" in result ? 200 : 409, result);
      }
    }
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

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  server.on("error", () => {});
  server.unref();
  site = { ...site, port: (server.address() as AddressInfo).port };
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${site.port}/`;
  return {
    site,
    address,
    visit() {
      ticket = newToken();
      return `${address}?token=${ticket}`;
    },
    close() {
      for (const response of streams) response.end();
      server.close();
      server.closeIdleConnections();
    },
  };
};

const mostBuffered = 8_000_000;

export const newToken = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");

const json = (response: ServerResponse, status: number, data: unknown): void =>
  end(response, status, "application/json", JSON.stringify(data));

const end = (response: ServerResponse, status: number, type: string, text: string): void => {
  response.writeHead(status, { "Content-Type": `${type}; charset=utf-8` });
  response.end(text);
};

const refusal = (status: number): string => (status === 401 ? `${texts().page.signIn}\n` : `${status}\n`);

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) return "";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
};
