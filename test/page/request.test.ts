import { expect, test } from "vitest";
import { readPage } from "../../src/checks.ts";
import { readCall } from "../../src/live/run.ts";
import { readAction } from "../../src/page/model.ts";
import { cookieOf, judge, type Site } from "../../src/page/server.ts";

const site: Site = { host: "127.0.0.1", port: 8080, token: "correct-horse-battery", machine: "den" };
const open: Site = { ...site, host: "0.0.0.0" };
const [name, session] = cookieOf(site);
const cookie = `${name}=${session}`;

type Asked = Parameters<typeof judge>[0];
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A request as our own page makes it. */
const own = (more: Partial<Asked> = {}, headers: Headers = {}): Asked => ({
  method: "GET",
  url: "/events",
  ...more,
  headers: { host: "127.0.0.1:8080", "sec-fetch-site": "same-origin", cookie, ...headers },
});
const action = (headers: Headers = {}): Asked =>
  own(
    { method: "POST", url: "/act" },
    { origin: "http://127.0.0.1:8080", "content-type": "application/json", ...headers },
  );

test("what the page itself asks for is allowed", () => {
  for (const url of ["/", "/events", "/job?id=3", "/timeline?hours=6"])
    expect(judge(own({ url }), site)).toBe(200);
  expect(judge(action(), site)).toBe(200);
  expect(judge(own({}, { host: "localhost:8080" }), site)).toBe(200);
  expect(judge(own({}, { host: "[::1]:8080" }), site)).toBe(200);
});

test.each([
  ["another name that was made to point here", own({}, { host: "evil.example:8080" }), 421],
  ["a name that only begins like ours", own({}, { host: "127.0.0.1.evil.example:8080" }), 421],
  ["another port in the host", own({}, { host: "127.0.0.1:9090" }), 421],
  ["no host", own({}, { host: undefined }), 421],
  ["two hosts", own({}, { host: ["127.0.0.1:8080", "evil.example"] }), 421],
  ["another origin reading", own({}, { origin: "http://evil.example" }), 403],
  ["another origin acting", action({ origin: "http://evil.example" }), 403],
  ["another port of this machine acting", action({ origin: "http://127.0.0.1:9090" }), 403],
  ["a page in a sandbox acting", action({ origin: "null" }), 403],
  ["an action whose origin is missing", action({ origin: undefined }), 403],
  ["a request that a browser says is foreign", own({}, { "sec-fetch-site": "cross-site" }), 403],
  ["a request from another port", own({}, { "sec-fetch-site": "same-site" }), 403],
  ["no cookie", own({}, { cookie: undefined }), 401],
  ["another cookie", own({}, { cookie: `${name}=guess` }), 401],
  ["the token as a cookie", own({}, { cookie: `${name}=${site.token}` }), 401],
  ["the cookie of a script on another port", own({}, { cookie: cookie.replace("8080", "9090") }), 401],
  ["a wrong token", own({ url: "/?token=wrong" }), 401],
  ["an empty token", own({ url: "/?token=" }), 401],
  ["the token for anything but the page", own({ url: `/events?token=${site.token}` }, { cookie: "" }), 401],
  ["a form", action({ "content-type": "text/plain" }), 415],
  ["an action by a link", own({ url: "/act" }), 405],
  ["another method", own({ method: "DELETE" }), 405],
  ["a member of every object", own({ url: "/constructor" }), 404],
  ["another path", own({ url: "/../../etc/passwd" }), 404],
  ["a path that is no address", own({ url: "//" }), 404],
])("%s is refused", (_, asked, status) => {
  expect(judge(asked, site)).toBe(status);
});

test("the token signs in once it is in the address, and a ticket does so too", () => {
  const visit = (token: string) =>
    own({ url: `/?token=${token}` }, { cookie: undefined, "sec-fetch-site": "none" });
  expect(judge(visit(site.token), site)).toBe(303);
  expect(judge(visit("ticket"), site, "ticket")).toBe(303);
  expect(judge(visit("ticket"), site)).toBe(401);
  expect(cookie).not.toContain(site.token);
});

test("following a link shows the page to its own user, and nothing to others", () => {
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  expect(judge(own({ url: "/" }, link), site)).toBe(200);
  expect(judge(own({ url: "/" }, { ...link, cookie: undefined }), site)).toBe(401);
  expect(judge(own({ url: "/" }, { ...link, "sec-fetch-mode": "no-cors" }), site)).toBe(403);
});

test("on a network the page goes by an address in figures or the machine's own name, and by no other name", () => {
  for (const host of ["192.168.1.5:8080", "[fe80::1]:8080", "den:8080", "den.local:8080", "localhost:8080"])
    expect(judge(own({}, { host }), open)).toBe(200);
  expect(judge(own({}, { host: "evil.example:8080" }), open)).toBe(421);
  expect(judge(own({}, { host: "192.168.1.5:8080" }), site)).toBe(421);
});

test("run({ page }) takes true, a port or where and how, and says what is wrong with anything else", () => {
  const usual = { host: "127.0.0.1", port: 0, token: undefined, open: false };
  expect(readPage(undefined)).toBeUndefined();
  expect(readPage(false)).toBeUndefined();
  expect(readPage(true)).toEqual(usual);
  expect(readPage(8080)).toEqual({ ...usual, port: 8080 });
  expect(readPage({ host: "0.0.0.0", token: "x".repeat(16), open: true })).toEqual({
    host: "0.0.0.0",
    port: 0,
    token: "x".repeat(16),
    open: true,
  });
  for (const [given, message] of [
    [0, /^run\(\{ page: \{ port \} \}\): got 0, expected a port from 1 to 65535/],
    [99_999, /got 99999/],
    ["8080", /^run\(\{ page \}\): got "8080", expected true, a port such as 8080/],
    [{ prot: 1 }, /Did you mean port\?/],
    [
      { host: "0.0.0.0" },
      /got "0\.0\.0\.0", expected \{ host, token \} with a token of at least 16 characters/,
    ],
    [{ token: "short" }, /at least 16 characters/],
    [{ host: "a b", token: "x".repeat(16) }, /expected a host/],
  ] as const)
    expect(() => readPage(given)).toThrow(message);
  expect(() => readPage({ token: "secret" })).not.toThrow(/secret/);
});

test("only an action is taken for one", () => {
  expect(readAction('{"job":"3","do":"run","more":1}')).toEqual({ job: "3", do: "run" });
  expect(readAction('{"job":"3","do":"pause","until":"hour"}')).toEqual({
    job: "3",
    do: "pause",
    until: "hour",
  });
  for (const text of [
    "",
    "null",
    "[]",
    '{"job":3,"do":"run"}',
    '{"job":"3","do":"clear"}',
    '{"job":"3","do":"pause","until":"x"}',
  ])
    expect(readAction(text)).toBeUndefined();
});

test("--page and --open are flags of every script", () => {
  expect(readCall(["--page", "--open"])).toEqual({ kind: "run", flags: new Set(["--page", "--open"]) });
});
