// A digest of what is new in feeds, RSS and Atom: titles and links, each sent once.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RunContext, run, when } from "onthedot";
import { sqlite } from "onthedot/sqlite";

// Change these here, or set them in the environment: FEEDS="https://nodejs.org/en/feed/blog.xml, …"
const feeds =
  process.env.FEEDS || "https://nodejs.org/en/feed/blog.xml, https://github.com/nodejs/node/releases.atom";
const often = process.env.FEEDS_WHEN || "every day at 7:30"; // or 每天早上7点半
const memory = process.env.FEEDS_MEMORY || "feeds.json"; // what was sent already
const wait = process.env.FEEDS_AGAIN || "2 minutes"; // before feeds that failed are tried again
const channel = process.env.NOTIFY || ""; // an address such as https://ntfy.sh/…; desktop and bell get failures only
const remember = process.env.REMEMBER || ""; // a folder, such as . for this one; past runs are kept in feeds.db
const [mostAtFirst, mostShown] = [5, 20]; // of one feed

if (process.argv.includes("--help")) help();
const isDry = process.argv.includes("--dry-run");

const schedule = when(often).named("feeds").timeout("2 minutes").retry(3, { delay: wait });
(channel ? schedule.notify(channel) : schedule).do(digest);
run({ flags: ["--dry-run"], ...(remember && { store: sqlite(join(remember, "feeds.db")) }) });

/** Tells what is new in the feeds that can be read, then fails for the others: the next attempt tells what is new in those. */
async function digest({ signal }: RunContext) {
  const addresses = [...new Set(feeds.split(/,\s+|\n/).map((text) => text.trim()))].filter(Boolean);
  const looks = await Promise.allSettled(addresses.map((url) => fetchFeed(url, signal)));
  const known = recall();
  const [parts, failed]: [string[], string[]] = [[], []];
  for (const [i, look] of looks.entries())
    if (look.status === "rejected") failed.push(`${addresses[i]}: ${look.reason.message}`);
    else parts.push(...newIn(look.value, known[addresses[i]!]));
  if (parts.length > 0) await say(parts.join("\n"), signal);
  else console.log("nothing new");
  // Saved only once it was sent: a digest that did not arrive is sent again.
  for (const [i, look] of looks.entries())
    if (!isDry && look.status === "fulfilled") keep(addresses[i]!, look.value.items);
  if (failed.length > 0)
    throw new Error(`${failed.length} of ${looks.length} feeds failed\n  ${failed.join("\n  ")}`);
}

function newIn({ title, items }: Feed, known: readonly string[] | undefined): string[] {
  const fresh = items.filter(({ id }) => !known?.includes(id));
  const shown = fresh.slice(0, known ? mostShown : mostAtFirst).map(({ title, link, date }) => {
    const day = date === undefined ? "" : `  (${new Date(date).toISOString().slice(0, 10)})`;
    return `  ${title}${day}${link ? `\n    ${link}` : ""}`;
  });
  const more = fresh.length - shown.length;
  return fresh.length === 0 ? [] : [title, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
}

async function fetchFeed(url: string, signal: AbortSignal): Promise<Feed> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(30_000)]);
  const how = { signal: either, headers: { "user-agent": "onthedot-feeds" } };
  const answer = await fetch(url, how).catch((error) => {
    throw error.cause?.message ? error.cause : error; // fetch hides what went wrong behind "fetch failed"
  });
  if (!answer.ok) throw new Error(`answered ${answer.status} ${answer.statusText}`.trim());
  const bytes = await answer.arrayBuffer();
  const start = Buffer.from(bytes).subarray(0, 200).toString("latin1");
  const charset =
    /charset=["']?([\w-]+)/i.exec(answer.headers.get("content-type") ?? "") ??
    /<\?xml[^>]*\bencoding=["']([\w-]+)/i.exec(start);
  return readFeed(new TextDecoder(charset?.[1]).decode(bytes), answer.url);
}

type Feed = ReturnType<typeof readFeed>;

/** The youngest items first, those without a date last, else in the order of the feed. */
function readFeed(xml: string, address: string) {
  const root = parse(xml).children.find((child) => typeof child !== "string");
  if (!root || !["feed", "rss", "rdf:RDF"].includes(root.name)) throw noFeed(xml, root?.name, address);
  const channel = inside(root, "channel")[0] ?? root;
  const outer = resolved(root.attributes["xml:base"], address) ?? address;
  const base = resolved(channel.attributes["xml:base"], outer) ?? outer;
  const found = new Set([...inside(channel, "item", "entry"), ...inside(root, "item", "entry")]);
  const items = [...found].map((item) => readItem(item, base));
  return {
    title: plain(inside(channel, "title")[0]) || new URL(address).host,
    items: items.sort((a, b) => (b.date ?? 0) - (a.date ?? 0)),
  };
}

function readItem(item: Element, feedBase: string) {
  const textOf = (...names: string[]) =>
    names.map((name) => plain(inside(item, name)[0])).find(Boolean) ?? "";
  const base = resolved(item.attributes["xml:base"], feedBase) ?? feedBase;
  const links = inside(item, "link");
  const main = links.find(({ attributes }) => (attributes.rel ?? "alternate") === "alternate") ?? links[0];
  const isPermanent = inside(item, "guid")[0]?.attributes.isPermaLink !== "false";
  const written = plain(main) || (isPermanent && /^https?:/.test(textOf("guid")) ? textOf("guid") : "");
  const link = resolved(main?.attributes.href ?? written, base);
  const date = Date.parse(textOf("pubDate", "published", "updated", "dc:date"));
  const text = textOf("title") || textOf("description", "summary", "content").slice(0, 80);
  const title = text || "(without a title)";
  const id = textOf("guid", "id") || item.attributes["rdf:about"] || link || title;
  return { id, title, link, date: Number.isNaN(date) ? undefined : date };
}

/** A whole web address; nothing for whatever else a feed calls a link. */
function resolved(href: string | undefined, base: string): string | undefined {
  const address = href && URL.canParse(href.trim(), base) ? new URL(href.trim(), base) : undefined;
  return address && /^https?:$/.test(address.protocol) ? address.href : undefined;
}

/** Most often it is the page of which one wants the feed, and that names it. */
function noFeed(text: string, name: string | undefined, address: string): Error {
  const named = text.match(/<link\b[^<>]*>/gi)?.find((link) => /application\/(?:rss|atom)\+xml/i.test(link));
  const href = resolved(/href=["']?([^"'\s>]+)/i.exec(named ?? "")?.[1], address);
  return new Error(
    `is no feed: ${name ? `it begins with <${name}>` : "no XML"}${href ? `. Did you mean ${href}?` : ""}`,
  );
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Element | string)[];
}

/** Reads XML as people write it: an end that is missing or too much is no reason to give up. Its own entities are never followed. */
function parse(xml: string): Element {
  const root: Element = { name: "", attributes: {}, children: [] };
  const open = [root];
  let at = 0;
  const until = (mark: string): string => {
    const end = xml.indexOf(mark, at);
    const text = xml.slice(at, end < 0 ? xml.length : end);
    at = end < 0 ? xml.length : end + mark.length;
    return text;
  };
  while (at < xml.length) {
    open.at(-1)!.children.push(unescaped(until("<")));
    if (xml.startsWith("!--", at)) until("-->");
    else if (xml.startsWith("![CDATA[", at))
      open.at(-1)!.children.push(until("]]>").slice("![CDATA[".length));
    else if (xml.startsWith("!", at) || xml.startsWith("?", at)) until(">");
    else if (xml.startsWith("/", at)) {
      const name = until(">").slice(1).trim();
      const start = open.findLastIndex((element) => element.name === name);
      if (start > 0) open.length = start;
    } else {
      const [tag] = /^(?:[^<>"']|"[^"<]*"|'[^'<]*')*/.exec(xml.slice(at, at + 10_000))!;
      at += tag.length;
      until(">");
      const pairs = [...tag.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
      const attributes = Object.fromEntries(pairs.map(([, key, a, b]) => [key, unescaped(a ?? b ?? "")]));
      const element = { name: /^[^\s/]*/.exec(tag)![0], attributes, children: [] };
      open.at(-1)!.children.push(element);
      if (!tag.endsWith("/") && open.length < 200) open.push(element);
    }
  }
  return root;
}

function inside({ children }: Element, ...names: string[]): Element[] {
  return children.filter((child) => typeof child !== "string").filter(({ name }) => names.includes(name));
}

/** The text of an element, without the HTML that may be in it, nor anything that a terminal would obey. */
function plain(element: Element | undefined): string {
  const all = ({ children }: Element): string =>
    children.map((one) => (typeof one === "string" ? one : all(one))).join("");
  if (!element) return "";
  return unescaped(all(element).replaceAll(/<\/?[a-z](?:"[^"<]*"|'[^'<]*'|[^<>"'])*>/gi, " "))
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

function unescaped(text: string): string {
  const named: Record<string, string> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    nbsp: " ",
    hellip: "…",
  };
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return (name ? named[name] : code <= 0x10ffff ? String.fromCodePoint(code) : undefined) ?? whole;
  });
}

/** Prints it, and sends it where that is wanted. */
async function say(text: string, signal: AbortSignal) {
  console.log(text);
  if (isDry || !/^https?:/.test(channel)) return;
  const answer = await fetch(channel, { method: "POST", body: text, signal });
  if (!answer.ok) throw new Error(`${new URL(channel).host} answered ${answer.status}`);
}

function recall(): Readonly<Record<string, readonly string[]>> {
  try {
    const { feeds } = JSON.parse(readFileSync(memory, "utf8"));
    if (typeof feeds === "object" && feeds !== null) return feeds;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
  }
  throw new Error(`${memory} is there, and was not written by this script; FEEDS_MEMORY names another file`);
}

/** All of it or nothing: a file that is half written would be lost. */
function keep(url: string, items: Feed["items"]) {
  const all = recall();
  const ids = [...new Set([...items.map(({ id }) => id), ...(all[url] ?? [])])].slice(0, items.length + 500);
  writeFileSync(`${memory}.${process.pid}`, JSON.stringify({ feeds: { ...all, [url]: ids } }));
  renameSync(`${memory}.${process.pid}`, memory);
}

function help(): never {
  console.log(`
  Reports once a day what is new in RSS and Atom feeds; of a new feed, only the ${mostAtFirst} latest entries.

    feeds.ts                        every day until Ctrl-C
    feeds.ts run feeds              now
    feeds.ts run feeds --dry-run    now, without sending or remembering anything
    feeds.ts help                   list, next, simulate, history and the rest

  Settings, at the top of the file or in the environment:

    FEEDS          addresses, separated by a comma and a space
    FEEDS_WHEN     in English or Chinese: ${often}
    FEEDS_MEMORY   the file that remembers what was sent: ${memory}
    FEEDS_AGAIN    the wait before feeds that failed are retried: ${wait}
    NOTIFY         an address such as https://ntfy.sh/your-topic, to which the digest and failures are sent;
                   desktop and bell get only failures
    REMEMBER       a folder; past runs are kept there in feeds.db
`);
  process.exit();
}
