import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, newFolder, receive } from "./call.ts";

const feeds: Readonly<Record<string, string | Buffer>> = {
  "/rss": `<?xml version="1.0"?><?xml-stylesheet href="x.css"?>
<!DOCTYPE rss [<!ENTITY boom "no">]>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Fish &amp; Chips</title><link>/home</link><atom:link rel="self" href="/rss"/>
<!-- <item><title>hidden</title></item> -->
<item><title><![CDATA[Bread & <b>butter</b> ]]></title><link>/posts/1?a=1&amp;b=2</link><guid isPermaLink="false">1</guid>
  <media:title>not this one</media:title><pubDate>Mon, 02 Mar 2026 10:00:00 EST</pubDate></item>
<item><title>Tea &lt;i&gt;now&lt;/i&gt; &#8211; &#x4e2d; \u001b[31m&boom;</title><guid>http://example.com/2</guid><pubDate>Wed, 04 Mar 2026 10:00:00 GMT</pubDate></item>
<item><description>&lt;p&gt;Without a title, with a &lt;a href="x > y"&gt;link&lt;/a&gt;</description><link>javascript:alert(1)</link><pubDate>soon</pubDate></item>
</channel></rss>`,
  "/atom": `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/blog/"><title type="text">Notes</title>
<entry xml:base="2026/"><id>urn:a</id><title type="html">&lt;em&gt;One&lt;/em&gt;</title>
  <link rel="enclosure" href="/big.mp3"/><link rel="alternate" href="one.html"/><updated>2026-03-01T00:00:00Z</updated></entry>
<entry><id>urn:b</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">T<b>w</b>o<br/></div></title><link href='two.html'/></entry>
</feed>`,
  "/rdf": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>Old</title></channel>
<item rdf:about="urn:1"><title>First</title><link>http://example.com/1</link><dc:date>2026-01-01</dc:date></item></rdf:RDF>`,
  // 新闻, in GB 2312
  "/gb": Buffer.concat([
    Buffer.from('<?xml version="1.0" encoding="GB2312"?><rss><channel><title>gb</title><item><title>'),
    Buffer.from([0xd0, 0xc2, 0xce, 0xc5]),
    Buffer.from("</title></item></channel></rss>"),
  ]),
  "/torn":
    "<rss><channel><title>Torn</title><item><title>Half <b>bold</title><link>http://example.com/h</link></item><item><title>Lost",
  "/page":
    '<!doctype html><html><head><link rel=alternate type="application/rss+xml" href=/rss></head><body>hi</html>',
  "/text": "nothing at all",
  "/deep": "<a>".repeat(100_000),
  "/open": `<rss><channel>${"<".repeat(200_000)}`,
};

let url = "";
let close = () => {};
const more: Record<string, string> = {};
let messages: readonly string[];
beforeAll(async () => {
  const server = await receive((request, response) => {
    const path = request.url ?? "";
    const body = more[path] ?? feeds[path];
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/xml" }).end(body);
  });
  ({ url, close, messages } = server);
});
afterAll(() => close());

const reading = (paths: readonly string[], env: Record<string, string> = {}) => {
  const cwd = newFolder();
  const FEEDS = paths.map((path) => `${url}${path}`).join(", ");
  const run = (...flags: string[]) =>
    call("feeds.ts", ["run", "feeds", ...flags], { cwd, env: { FEEDS, FEEDS_AGAIN: "1 ms", ...env } });
  return { cwd, run };
};

/** What was reported, without the lines of `run`. */
const digestOf = (out: string): readonly string[] =>
  out.split("\n").filter((line) => line !== "" && !/^ {2}[▶✔✖]/.test(line));

describe.concurrent("a digest of feeds", { timeout: 120_000 }, () => {
  test("reads RSS as it is written: CDATA, HTML, entities, relative links, no dates", async () => {
    const { out, code } = await reading(["/rss"]).run();
    expect(code).toBe(0);
    expect(digestOf(out)).toEqual([
      "Fish & Chips",
      "  Tea now – 中 [31m&boom;  (2026-03-04)",
      "    http://example.com/2",
      "  Bread & butter  (2026-03-02)",
      `    ${url}/posts/1?a=1&b=2`,
      "  Without a title, with a link",
    ]);
  });

  test("reads Atom: bases within bases, links of several kinds, XHTML", async () => {
    expect(digestOf((await reading(["/atom"]).run()).out)).toEqual([
      "Notes",
      "  One  (2026-03-01)",
      `    ${url}/blog/2026/one.html`,
      "  Two",
      `    ${url}/blog/two.html`,
    ]);
  });

  test("reads RSS 1.0, letters of another time, and what was cut off in the middle", async () => {
    expect(digestOf((await reading(["/rdf", "/gb", "/torn"]).run()).out)).toEqual([
      "Old",
      "  First  (2026-01-01)",
      "    http://example.com/1",
      "gb",
      "  新闻",
      "Torn",
      "  Half bold",
      "    http://example.com/h",
      "  Lost",
    ]);
  });

  test("tells each item once, new ones alone, and of a new feed not all", async () => {
    const item = (n: number) => `<item><title>n ${n}</title><guid>${n}</guid></item>`;
    const feed = (...items: number[]) =>
      `<rss><channel><title>Numbers</title>${items.map(item).join("")}</channel></rss>`;
    more["/numbers"] = feed(7, 6, 5, 4, 3, 2, 1);
    const { run } = reading(["/numbers"]);
    const first = [7, 6, 5, 4, 3].map((n) => `  n ${n}`);
    expect(digestOf((await run()).out)).toEqual(["Numbers", ...first, "  and 2 more"]);
    expect(digestOf((await run()).out)).toEqual(["nothing new"]);
    more["/numbers"] = feed(9, 8, 7);
    expect(digestOf((await run()).out)).toEqual(["Numbers", "  n 9", "  n 8"]);
    more["/numbers"] = feed(8, 7, 6);
    expect(digestOf((await run()).out)).toEqual(["nothing new"]);
  });

  test("tells the feeds that can be read, then fails for the others with the reason", async () => {
    const { out, err, code } = await reading(["/page", "/nope", "/text", "/rdf"]).run();
    expect(code).toBe(1);
    expect(out.match(/First/g)?.length).toBe(1);
    expect(err).toMatch(/3 of 4 feeds failed/);
    expect(err).toContain(`/page: is no feed: it begins with <html>. Did you mean ${url}/rss?`);
    expect(err).toContain("/nope: answered 404 Not Found");
    expect(err).toContain("/text: is no feed: no XML");
  });

  test("is not held up by a feed that was made to do that", async () => {
    const { code, err } = await reading(["/deep", "/open"]).run();
    expect(code).toBe(1);
    expect(err).toMatch(/1 of 2 feeds failed\n.*is no feed: it begins with <a>/);
  });

  test("changes nothing in a dry run, and sends nothing", async () => {
    const { cwd, run } = reading(["/rdf"], { NOTIFY: `${url}/dry` });
    const before = messages.length;
    expect((await run("--dry-run")).out).toContain("First");
    expect(() => readFileSync(join(cwd, "feeds.json"))).toThrow("ENOENT");
    expect((await run()).out).toContain("First");
    expect(messages.slice(before)).toContain("Old\n  First  (2026-01-01)\n    http://example.com/1");
    expect(messages.filter((text) => text.startsWith("Old\n")).length).toBe(1);
  });

  test("that did not arrive is reported again, and a file of somebody else is left alone", async () => {
    const { cwd, run } = reading(["/gb"], { NOTIFY: "http://127.0.0.1:9/" });
    expect((await run()).code).toBe(1);
    expect(() => readFileSync(join(cwd, "feeds.json"))).toThrow("ENOENT");
    writeFileSync(join(cwd, "feeds.json"), '{"mine":1}');
    expect((await run()).err).toContain("was not written by this script");
    expect(readFileSync(join(cwd, "feeds.json"), "utf8")).toBe('{"mine":1}');
  });

  test("comes when a phrase says so, in English or Chinese", async () => {
    const list = async (phrase: string) =>
      (await call("feeds.ts", ["list"], { env: { FEEDS_WHEN: phrase } })).out;
    expect(await list("每个工作日早上7点半")).toContain("every weekday at 07:30");
    expect(await list("every 6 hours")).toContain("every 6 hours");
  });
});
