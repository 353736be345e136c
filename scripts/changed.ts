// Pages, files and folders that have changed, with the lines that are new and those that are gone.
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { every, type RunContext, run } from "onthedot";
import { sqlite } from "onthedot/sqlite";

// Change these here, or set them in the environment: CHANGED_WATCH="https://example.com, /etc/hosts"
const watched = process.env.CHANGED_WATCH || "https://example.com, /etc/hosts";
const memory = process.env.CHANGED_MEMORY || "changed.json"; // what was seen last
const mostBytes = 5_000_000; // of a page or a file are looked at
const channel = process.env.NOTIFY || ""; // an address such as https://ntfy.sh/…; desktop and bell get failures only
const remember = process.env.REMEMBER || ""; // a folder, such as . for this one; past runs are kept in changed.db
const isDry = process.argv.includes("--dry-run");

if (process.argv.includes("--help")) help();

for (const what of new Set(watched.split(/,\s+|\n/).map((text) => text.trim()))) {
  if (what === "") continue;
  const often = every(15)
    .minutes.between("07:00", "22:00")
    .named(what.slice(0, 200))
    .immediately()
    .timeout("1 minute")
    .jitter("30 seconds");
  const schedule = often.retry(2, { delay: process.env.CHANGED_AGAIN || "30 seconds" });
  (channel ? schedule.notify(channel) : schedule).do(check, what);
}
run({ flags: ["--dry-run"], ...(remember && { store: sqlite(join(remember, "changed.db")) }) });

/** What is kept of a look. Lines only of what is text, and not too long. */
interface Seen {
  readonly hash: string;
  readonly lines?: readonly string[];
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
}

async function check(what: string, { signal }: RunContext) {
  const before = recall()[what];
  const now = /^https?:\/\//i.test(what) ? await page(what, before, signal) : await file(what);
  if (before && now && before.hash !== now.hash)
    await say(`${what} has changed\n${difference(before, now)}`, signal);
  else if (!before) console.log(`${what}: seen for the first time`);
  else if (isDry) console.log(`${what}: as before`);
  // Saved only once it was sent: a notice that did not arrive is sent again.
  if (now && !isDry && JSON.stringify(now) !== JSON.stringify(before)) keep(what, now);
}

/** Asks only for what is newer, where the server knows that; nothing when it is not. */
async function page(url: string, before: Seen | undefined, signal: AbortSignal): Promise<Seen | undefined> {
  const headers = new Headers({ "user-agent": "onthedot-changed" });
  if (before?.etag) headers.set("if-none-match", before.etag);
  if (before?.modified) headers.set("if-modified-since", before.modified);
  const answer = await fetch(url, { signal, headers }).catch((error) => {
    throw error.cause ?? error; // fetch hides what went wrong behind "fetch failed"
  });
  if (answer.status === 304) return undefined;
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${answer.statusText}`.trim());
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > mostBytes) throw new Error(`${url} is larger than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  const type = answer.headers.get("content-type") ?? "";
  return {
    ...seen(Buffer.concat(chunks), type),
    etag: answer.headers.get("etag") ?? undefined,
    modified: answer.headers.get("last-modified") ?? undefined,
  };
}

/** One that is not there is seen as such, so that coming and going are changes too. */
async function file(path: string): Promise<Seen> {
  const found = await stat(path).catch((error) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!found) return { hash: "none", lines: ["(it is not there)"] };
  if (found.isDirectory()) return seen(Buffer.from((await entries(path)).join("\n")), "text/plain");
  if (!found.isFile()) throw new Error(`${path} is neither a file nor a folder`);
  // Of a large file, when and how long is enough.
  if (found.size > mostBytes) return { hash: `${found.size} ${found.mtimeMs}` };
  return seen(await readFile(path), "text/plain");
}

async function entries(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => undefined);
      return found?.isFile() ? `${name}  ${found.size} bytes, ${found.mtime.toISOString()}` : name;
    }),
  );
}

/** Of a page, what a person sees of it counts: the rest changes with every look. */
function seen(bytes: Buffer, type: string): Seen {
  const isHtml = /html/i.test(type);
  const start = bytes.subarray(0, 1_024).toString("latin1");
  const charset =
    /charset=["']?([\w-]+)/i.exec(type) ?? (isHtml ? /charset=["']?([\w-]+)/i.exec(start) : null);
  const text = decoded(bytes, charset?.[1] ?? "utf-8");
  const hash = (of: string | Buffer) => createHash("sha256").update(of).digest("hex");
  if (text === undefined) return { hash: hash(bytes) };
  const lines = (isHtml ? visible(text) : text)
    .split(/\r?\n/)
    .map((line) => line.replaceAll(/\p{Cc}+/gu, " ").trim())
    .filter(Boolean);
  return { hash: hash(lines.join("\n")), ...(text.length < 200_000 && { lines }) };
}

function decoded(bytes: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined; // no text, or in letters that nobody knows
  }
}

function visible(html: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " ", "#39": "'" };
  return html
    .replaceAll(/<!--[\s\S]*?-->|<(script|style|template|noscript)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replaceAll(/[\s\n]+/g, " ")
    .replaceAll(/<(?:br|p|div|li|tr|h\d|td|section|article|option|title|dt|dd)\b[^>]*>/gi, "\n")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name) => named[name]!);
}

function difference({ lines: old }: Seen, { lines: now }: Seen): string {
  if (!old || !now) return "  (no text, or too long to compare)";
  const [before, after] = [new Set(old), new Set(now)];
  const marked = [
    ...old.filter((line) => !after.has(line)).map((line) => `  - ${line.slice(0, 200)}`),
    ...now.filter((line) => !before.has(line)).map((line) => `  + ${line.slice(0, 200)}`),
  ];
  const more = marked.length - 10;
  if (marked.length === 0) return "  (the same lines in another order)";
  return [...marked.slice(0, 10), ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
}

/** Prints it, and sends it where that is wanted. */
async function say(text: string, signal: AbortSignal) {
  console.log(text);
  if (isDry || !/^https?:/.test(channel)) return;
  const answer = await fetch(channel, { method: "POST", body: text, signal });
  if (!answer.ok) throw new Error(`${new URL(channel).host} answered ${answer.status}`);
}

function recall(): Readonly<Record<string, Seen>> {
  try {
    const { changed } = JSON.parse(readFileSync(memory, "utf8"));
    if (typeof changed === "object" && changed !== null) return changed;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
  }
  throw new Error(
    `${memory} is there, and was not written by this script; CHANGED_MEMORY names another file`,
  );
}

/** All of it or nothing: a file that is half written would be lost. */
function keep(what: string, now: Seen) {
  const fresh = `${memory}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify({ changed: { ...recall(), [what]: now } }));
  renameSync(fresh, memory);
}

function help(): never {
  console.log(`
  Checks every 15 minutes from 07:00 to 22:00 whether pages, files and folders have changed, and reports the lines that
  were added and removed. On a page, only visible text counts. The first check only remembers.

    changed.ts                               checks until Ctrl-C
    changed.ts run /etc/hosts                one of them, now
    changed.ts run /etc/hosts --dry-run      the same, without remembering anything
    changed.ts help                          list, next, simulate, history and the rest

  Settings, at the top of the file or in the environment:

    CHANGED_WATCH    addresses and paths, separated by a comma and a space
    CHANGED_MEMORY   the file that remembers what was seen last: changed.json
    CHANGED_AGAIN    the wait before a failed check is repeated: 30 seconds
    NOTIFY           an address such as https://ntfy.sh/your-topic, to which changes and failures are sent;
                     desktop and bell get only failures
    REMEMBER         a folder; past runs are kept there in changed.db
`);
  process.exit();
}
