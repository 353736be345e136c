// Reminders from a text file, one a line, in English or Chinese: "every monday at 9: stand-up", "每天早上8点：吃药".
import { readFileSync, watchFile } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Job, jobs, listen, run, ScheduleError, when } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { createScheduler, VirtualClock } from "onthedot/testing";

// Change these here, or set them in the environment: REMINDERS=~/reminders.txt
const file = resolve(process.env.REMINDERS || "reminders.txt");
const by = process.env.REMINDERS_BY || "bell"; // bell, desktop, or an address such as https://ntfy.sh/your-topic
const remember = process.env.REMEMBER || ""; // a folder, such as . for this one: with it "in 3 days" keeps its day after a restart

const day = 86_400_000;
const example = `  # when, a colon and a blank, what; an empty line and one that begins with # mean nothing
  every weekday at 8:55: stand-up
  every 3 days at 18:00: water the plants
  last workday of the month at 10am: pay the rent
  2026-12-24 09:00: call mum
  每天早上8点：吃药`;
const known = new Map<string, { readonly phrase: string; readonly job: Job }>();

if (process.argv.includes("--help")) help();
if (!readFile()) {
  console.error(`  There is no ${file}. It could begin so:\n\n${example}\n`);
  process.exit(1);
}
watchFile(file, { interval: 2_000, persistent: false }, () => {
  if (readFile()) console.log(`${basename(file)} was read again`);
  else console.error(`${file} is gone or empty; its reminders stay as they were`);
});
listen("succeeded", ({ job }) => console.log(job.name));
run(remember ? { store: sqlite(join(remember, "reminders.db")) } : {});

/** Lines that are new are added, those that were changed get their new time, those that are gone are called off. */
function readFile(): boolean {
  let text: string;
  try {
    text = readFileSync(file, "utf8").replace(/^\ufeff/, "");
  } catch {
    return false;
  }
  if (text.trim() === "" && known.size > 0) return false; // an editor that is just writing it
  const names = new Set<string>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    try {
      const { phrase, text } = readLine(line.trim(), i + 1);
      if (phrase === undefined) continue;
      const name = nameFor(text, names);
      names.add(name);
      const old = known.get(name);
      if (old?.phrase === phrase) continue;
      const job = jobs().find((one) => one === old?.job); // one that has come once and is over is made anew
      job?.reschedule(when(phrase));
      known.set(name, { phrase, job: job ?? remindOf(text, phrase, name) });
    } catch (error) {
      if (!(error instanceof ScheduleError) || error.code === "notify") throw error;
      console.error(`${basename(file)}:${i + 1}: ${error.message}\n`);
    }
  }
  for (const [name, { job }] of known) {
    if (names.has(name)) continue;
    job.cancel();
    known.delete(name);
  }
  return true;
}

/** What stands before a colon and what behind it. A phrase may hold one, too: the longest one that can be read counts. */
function readLine(line: string, number: number): { readonly phrase?: string; readonly text: string } {
  const marks = [...line.matchAll(/:(?=\s)|：|\t|\s[-–—|]\s/g)].reverse();
  let mistake: unknown = new ScheduleError({
    code: "phrase",
    what: "Reminder",
    given: line,
    accepted: 'when, a colon and a blank, and what: "every monday at 9: stand-up"',
  });
  for (const { index, 0: mark } of marks) {
    const [phrase, text] = [line.slice(0, index).trim(), line.slice(index + mark.length).trim()];
    try {
      const moment = onceIn(phrase, 0);
      if (text === "") continue;
      const now = Date.now();
      if (moment !== undefined && moment <= now && !remember) {
        if (moment > now - day)
          console.log(`${basename(file)}:${number}: was due ${sayMoment(moment)}: ${text}`);
        return { text };
      }
      const another = moment && !remember ? onceIn(phrase, day + 3_600_000) : undefined;
      if (moment && another && another !== moment) tellMoves(phrase, moment, number);
      return { phrase, text };
    } catch (error) {
      mistake = error;
    }
  }
  throw mistake;
}

/** The one moment of a phrase that is read so much later than now; none when it comes again. @throws ScheduleError when it is read now */
function onceIn(phrase: string, later: number): number | undefined {
  try {
    const clock = new VirtualClock(Date.now() + later);
    const read = createScheduler({ clock }).when(phrase).recurrence();
    const inner = read.kind === "zoned" ? read.of : read;
    return inner.kind === "once" ? inner.at : undefined;
  } catch (error) {
    if (later !== 0) return undefined;
    throw error;
  }
}

/** "tomorrow" is another day tomorrow. */
function tellMoves(phrase: string, moment: number, number: number) {
  const written = new Date(moment).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
  console.error(
    `${basename(file)}:${number}: "${phrase}" is counted from now, and moves when this is started again. Better write: ${written}`,
  );
}

function sayMoment(at: number): string {
  return new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

/** Two reminders of the same are two jobs. */
function nameFor(text: string, taken: ReadonlySet<string>): string {
  const short = text.slice(0, 180);
  for (let number = 2, name = short; ; number++) {
    if (!taken.has(name)) return name;
    name = `${short} (${number})`;
  }
}

function remindOf(text: string, phrase: string, name: string): Job {
  return when(phrase).named(name).remind(text, by);
}

function help(): never {
  console.log(`
  Reminds you of what a text file lists, one reminder a line, in English or Chinese. The file is read again when it
  changes. A line that cannot be read is shown with a suggestion; the others still count.

${example}

    reminders.ts           until Ctrl-C
    reminders.ts list      what is next
    reminders.ts help      next, run, simulate, history and the rest

  Settings, at the top of the file or in the environment:

    REMINDERS      the text file: ${file}
    REMINDERS_BY   bell, desktop, or an address such as https://ntfy.sh/your-topic, to which it is sent: ${by}
    REMEMBER       a folder for reminders.db, so that after a restart "in 3 days" still means the same day and
                   missed reminders are caught up

  How a phrase is read:   npx onthedot explain "every other friday at noon"
`);
  process.exit();
}
