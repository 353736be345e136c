// Whether web sites answer, and how long their certificates last. A site that does not is a job that fails.
import { once } from "node:events";
import { isIP } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";
import { every, type Job, listen, type RunContext, run, type Schedule, ScheduleError } from "onthedot";
import { sqlite } from "onthedot/sqlite";

// Change these here, or set them in the environment: UPTIME_SITES="https://example.com, https://example.org"
const sites = process.env.UPTIME_SITES || "https://example.com, https://example.org";
const leastDays = Number(process.env.UPTIME_DAYS || 14); // a certificate that lasts no longer is a failure
const limit = process.env.UPTIME_TIMEOUT || "15 seconds";
const wait = process.env.UPTIME_AGAIN || "20 seconds"; // before the second and the third look at a site that fails
const channel = process.env.NOTIFY || ""; // where failures are reported: desktop, bell, or an address such as https://ntfy.sh/…
const remember = process.env.REMEMBER || ""; // a folder, such as . for this one; past runs are kept in uptime.db

const help = `
  Checks every five minutes whether websites answer, and every day how long their certificates last.
  A job fails if its site gives an error or no answer three times in a row, or if its certificate
  expires within ${leastDays} days, has expired, or is not trusted.

    uptime.ts                     checks until Ctrl-C
    uptime.ts list                the jobs, each named by its address without https://
    uptime.ts run example.com     one of them, now; exits with 1 if it fails
    uptime.ts help                next, simulate, history and the rest

  Settings, at the top of the file or in the environment:

    UPTIME_SITES     addresses, separated by a comma and a space
    UPTIME_DAYS      the least number of days a certificate must last         ${leastDays}
    UPTIME_TIMEOUT   how long a site may take to answer                      ${limit}
    UPTIME_AGAIN     the wait before a site that failed is checked again     ${wait}
    NOTIFY           where failures are reported: desktop, bell, or an address such as https://ntfy.sh/your-topic
    REMEMBER         a folder; past runs are kept there in uptime.db

  For certificates of your own authority: NODE_EXTRA_CA_CERTS=your-ca.pem
`;
if (process.argv.includes("--help")) {
  console.log(help);
  process.exit();
}

const addresses = new Map(
  sites
    .split(/,\s+|\n/)
    .filter(Boolean)
    .map(readAddress),
);
const secured = new Map([...addresses.values()].filter(isSecured).map((url) => [url.host, url]));

for (const [name, url] of addresses) watched(every(5).minutes, name).tag("site").do(answers, url);
for (const [host, url] of secured)
  watched(every().day.at("09:00"), `certificate ${host}`).tag("certificate").do(lasts, url);

listen("succeeded", ({ job }) => {
  const since = failingSince(job);
  if (since) console.log(`${job.name} is back; it failed since ${since.toLocaleString()}`);
});

run(remember ? { store: sqlite(join(remember, "uptime.db")) } : {});

function watched(sentence: Schedule, name: string) {
  const schedule = sentence
    .named(name)
    .immediately()
    .timeout(limit)
    .retry(2, { backoff: "fixed", delay: wait });
  return channel ? schedule.notify(channel) : schedule;
}

async function answers(url: URL, { signal }: RunContext) {
  const answer = await fetch(url, { signal, headers: { "user-agent": "onthedot-uptime" } }).catch(why);
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${url.href} answered ${answer.status} ${answer.statusText}`.trim());
}

async function lasts(url: URL, { signal }: RunContext) {
  const host = url.hostname.replace(/^\[|\]$/g, ""); // an IPv6 address stands in brackets
  const port = Number(url.port || 443);
  // A certificate that is not trusted is read all the same: what is wrong with it is reported below.
  const socket = connect({ host, port, rejectUnauthorized: false, ...(!isIP(host) && { servername: host }) });
  try {
    await once(socket, "secureConnect", { signal });
    const end = new Date(socket.getPeerCertificate().valid_to);
    const days = Math.floor((end.getTime() - Date.now()) / 86_400_000);
    const date = end.toISOString().slice(0, 10);
    if (days < 0) throw new Error(`the certificate of ${url.host} ended on ${date}`);
    if (!socket.authorized)
      throw new Error(`the certificate of ${url.host} is not trusted: ${socket.authorizationError}`);
    if (days < leastDays)
      throw new Error(
        `the certificate of ${url.host} ends in ${days === 1 ? "a day" : `${days} days`}, on ${date}`,
      );
  } finally {
    socket.destroy();
  }
}

/** What fetch hides behind "fetch failed". */
function why(error: Error): never {
  const cause = error.cause as (Error & { code?: string }) | undefined;
  throw cause && !cause.message ? new Error(cause.code) : (cause ?? error);
}

/** When the row of failures began that has just ended. */
function failingSince(job: Job): Date | undefined {
  const before = job.history().slice(0, -1);
  const good = before.findLastIndex(({ outcome }) => outcome === "succeeded");
  return before.slice(good + 1).find(({ outcome }) => outcome === "failed" || outcome === "timedOut")
    ?.started;
}

function readAddress(given: string): [name: string, url: URL] {
  const text = given.trim();
  const address = text.includes("://") ? text : `https://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return [nameOf(url), url];
  throw new ScheduleError({
    code: "options",
    what: "UPTIME_SITES",
    given: text,
    accepted: "addresses such as https://example.com, separated by a comma and a space",
  });
}

function nameOf({ host, pathname, search, protocol }: URL): string {
  return `${protocol === "http:" ? "http://" : ""}${host}${pathname === "/" ? "" : pathname}${search}`;
}

function isSecured({ protocol }: URL): boolean {
  return protocol === "https:";
}
