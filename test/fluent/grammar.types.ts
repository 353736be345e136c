/** Read by the compiler alone: each line under `@ts-expect-error` is a mistake, and each other line is not. */
import type { ScheduleBuilders } from "../../src/fluent/types.ts";
import type { Job, RunContext } from "../../src/job.ts";

declare const words: ScheduleBuilders;
declare const count: number;
declare const text: string;
declare const signal: AbortSignal;
const { every, on, when, once, cron, repeat } = words;

function job(): void {}
async function backup(what: string, copies: number): Promise<void> {
  await Promise.resolve([what, copies]);
}
function choose(mode: "fast" | "safe"): void {
  void mode;
}
function withContext(what: string, { signal }: RunContext): void {
  void [what, signal];
}

export const right = (): readonly unknown[] => [
  every().second.do(job),
  every().minute.at(":15").do(job),
  every().hour.at(":30", "20:30").on("weekdays").do(job),
  every().day.at("10:30", "23:59:59").do(job),
  every().day.at("12:30", "Europe/Amsterdam").do(job),
  every().day.at("9am", "noon", "早上8点").do(job),
  every().day.at(text).do(job),
  every().monday.at("09:00").between("08:00", "10am").do(job),
  every(1).weekday.at("09:00").do(job),
  every().days.do(job),
  every(count).minutes.at(":15").do(job),
  every(15)
    .minutes.aligned()
    .between("08:00", "22:00")
    .except("sunday", 24, { from: "2026-12-24", to: text })
    .do(job),
  every(15).minutes.between("08:00", "22:00").on("mondays").do(job),
  every(10).seconds.fixedDelay().until(new Date()).do(job),
  every(5).to(10).minutes.fixedDelay().do(job),
  every(2).to(4).days.at("10:30").do(job),
  every(2).weeks.on("monday", "thursday", text).at("09:00").times(3).do(job),
  every().month.on(1, 15, "last day").at("09:00").do(job),
  every().month.on(count).at("09:00").do(job),
  every(2).years.on("december 25", 200).do(job),
  every("weekday at 9am").between("08:00", "10:00").starting("2027-01-01").for("3 days").do(job),
  on("the 1st of each month").or(cron("0 9 * * *")).except("december").do(job),
  when("tuesdays at 10am").in("Asia/Tokyo").named("swim").tag("sport").immediately().do(job),
  once(new Date())
    .retry(3, { backoff: "fixed", delay: "1s", maxDelay: 60_000 })
    .timeout("30 seconds")
    .do(job),
  once(0)
    .overlap("queue")
    .catchUp("all", { maxLateness: "2 hours" })
    .jitter(500)
    .ifInterrupted("rerun")
    .pauseAfterFailures(2)
    .do(job),
  every().hour.exec("rsync", ["-a", text, "backup/"], { cwd: text, grace: "10 seconds", exitCodes: [0, 24] }),
  every().hour.exec("du -sh * | sort -h", { shell: true }),
  every().hour.exec("uptime"),
  every()
    .hour.onlyIf(async ({ scheduled, signal }) => scheduled.getHours() > 8 && !signal.aborted)
    .unless(() => false)
    .do(job),
  once(0).worker(new URL("./heavy.ts", import.meta.url), "photos", 3),
  every().day.worker({ file: new URL("./heavy.ts", import.meta.url), export: "sum" }),
  every().day.do(backup, "photos", 3),
  every().day.do(choose, "fast"),
  every().day.do(withContext, "photos"),
  every().day.do(async () => 3),
  every().day.do((what, { signal, attempt }) => [what.toUpperCase(), signal.aborted, attempt + 1], "photos"),
  every().day.do(({ scheduled, job }) => [scheduled.getTime(), job.name]),
  every().day.do(console.log, "tick", count, text),
  repeat(every().day, "photos", 3)(backup)("music", 1).then(job),
];

export const types = (): readonly [string, Date[], Job] => [
  every().day.describe("zh"),
  every().day.next(5),
  every().day.do(job),
];

export const wrong = (): readonly unknown[] => [
  // @ts-expect-error a weekday takes no number
  every(5).monday,
  // @ts-expect-error a number takes the plural
  every(2).week,
  // @ts-expect-error of what?
  every(5).do(job),
  // @ts-expect-error of what?
  every().do(job),
  // @ts-expect-error from 1 up
  every(0).days,
  // @ts-expect-error from 1 up
  every(-3).days,
  // @ts-expect-error whole
  every(1.5).hours,
  // @ts-expect-error whole, from 1 up
  every(5).to(0).hours,
  // @ts-expect-error a random length has no weekday
  every(5).to(10).monday,
  // @ts-expect-error no number, no text
  every(true),
  // @ts-expect-error up to 23
  every().day.at("25:00"),
  // @ts-expect-error up to 59
  every().day.at("10:60"),
  // @ts-expect-error up to 59
  every().day.at("10:30:60"),
  // @ts-expect-error the second of two
  every().day.at("10:30", "9:60"),
  // @ts-expect-error no time of day
  every().day.at(":30"),
  // @ts-expect-error no colon
  every().monday.at("1030"),
  // @ts-expect-error no text
  every().monday.at(1030),
  // @ts-expect-error the time is set
  every().day.at("10:00").at("11:00"),
  // @ts-expect-error no time within a second
  every().second.at(":10"),
  // @ts-expect-error a time of day, not of the minute
  every().minute.at("10:30"),
  // @ts-expect-error a time of day, not of the hour
  every().hour.at("10:30:00"),
  // @ts-expect-error two digits
  every(2).hours.at(":5"),
  // @ts-expect-error which day?
  every().week.at("09:00"),
  // @ts-expect-error which day?
  every(2).months.at("09:00"),
  // @ts-expect-error which day?
  every().year.at("09:00"),
  // @ts-expect-error the phrase has its time
  every("weekday").at("09:00"),
  // @ts-expect-error weekdays are names
  every().week.on(1),
  // @ts-expect-error no such day
  every().month.on(32),
  // @ts-expect-error no such day
  every().month.on(1, 0),
  // @ts-expect-error days have no marks
  every(2).days.aligned(),
  // @ts-expect-error days have no end to count from
  every(2).days.fixedDelay(),
  // @ts-expect-error either or
  every(5).minutes.aligned().fixedDelay(),
  // @ts-expect-error either or
  every(5).minutes.fixedDelay().aligned(),
  // @ts-expect-error several hours have no dates
  every(2).hours.at(":30").on("monday"),
  // @ts-expect-error no time that could lie in a window
  every(3).days.between("09:00", "17:00"),
  // @ts-expect-error up to 23
  every(5).minutes.between("9:00", "24:00"),
  // @ts-expect-error comes once
  once("2027-01-01").until("2028-01-01"),
  // @ts-expect-error no such policy
  every().day.overlap("skp"),
  // @ts-expect-error a unit is no function
  every(10).minutes(),
  // @ts-expect-error called too early
  every().day.do(job()),
  // @ts-expect-error called too early
  every().day.do(backup("photos", 3)),
  // @ts-expect-error arguments are missing
  every().day.do(backup),
  // @ts-expect-error an argument of another type
  every().day.do(backup, "photos", "3"),
  // @ts-expect-error no such choice
  every().day.do(choose, "slow"),
  // @ts-expect-error a signal is no text
  every().day.do(choose, signal),
  // @ts-expect-error of what first
  every(5).exec("ls"),
  // @ts-expect-error arguments stand apart, as a list
  every().day.exec("rsync", "-a"),
  // @ts-expect-error a shell reads one line
  every().day.exec("sort", ["names"], { shell: true }),
  // @ts-expect-error the address of a file: new URL("./heavy.ts", import.meta.url)
  every().day.worker("./heavy.ts"),
  // @ts-expect-error no such option
  every().day.worker({ file: new URL("./heavy.ts", import.meta.url), name: "sum" }),
];
