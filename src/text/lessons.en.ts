import type { TextsLike } from "./en.ts";
import { count, number } from "./values.ts";

const or = (all: readonly (string | number)[]): string => all.join(" or ");

/** What a lesson says once its script has run. */
interface Content {
  /** A paragraph each. */
  readonly explained: readonly string[];
  readonly asked: string;
  /** Answers, each with the reason why it is right or wrong. Which one is right, the course knows. */
  readonly choices: readonly (readonly [text: string, why: string])[];
}

/** How often somebody woke up, and asked whether something is due. */
type Work = { wakeUps: number; asked: number };
type Rhythm = { hours: readonly number[]; times: readonly string[] };
type Night = { times: string; named: number; starred: number };

/** The texts of the course. Every number in `content` was counted by the run of its script. */
export type LessonTexts = TextsLike<typeof lessonsInEnglish>;

export const lessonsInEnglish = {
  loop: {
    title: "Your first loop",
    about: "check, run what is due, sleep, check again",
    content: (n: { looks: number; runs: number; late: number; latest: string }) => ({
      explained: [
        `A scheduler is a list of jobs and a loop that checks them. This loop checked ${count(n.looks, "time")} and started ${count(n.runs, "run")}.`,
        `${count(n.late, "run")} started late, by up to ${n.latest}: a job cannot start before the next check. Checking more often means waking up more often for nothing. runPending() is the body of this loop; run() sleeps until the exact moment instead, which is lesson 3.`,
      ],
      asked: "A job becomes due while the loop sleeps between two checks. What happens?",
      choices: [
        ["it starts at once", "a sleeping loop sees nothing, so nothing starts the job."],
        [
          "it starts at the next check",
          "the next check finds that its moment has passed and runs it, late by the rest of the sleep.",
        ],
        ["that run is lost", "a check asks whether the moment has come, not whether it is this very second."],
      ],
    }),
  },
  drift: {
    title: "Drift",
    about: "why a loop falls behind and a schedule does not",
    lane: "while and sleep",
    content: (n: {
      loopRuns: number;
      loopBehind: number;
      work: number;
      beatRuns: number;
      beatBehind: number;
    }) => ({
      explained: [
        `The loop sleeps, works and sleeps again, so each turn takes as long as the sleep and the work together. By run ${n.loopRuns} it is ${n.loopBehind} s behind, and every turn adds ${count(n.work, "second")}: that is drift.`,
        `every(10).seconds counts from a fixed anchor: run n is due n times ten seconds after it, however long the work takes. By run ${n.beatRuns} it is ${n.beatBehind} s behind. If the pause between two runs matters more than the rhythm, use .fixedDelay(), which drifts on purpose.`,
      ],
      asked: "The work gets slower, but still takes less than ten seconds. What changes?",
      choices: [
        ["both drift faster", "the schedule has an anchor: the duration of the work is not part of the sum."],
        [
          "only the loop drifts faster",
          "its turn is the sleep plus the work, while the schedule counts tens of seconds from its anchor.",
        ],
        [
          "neither does",
          "the loop starts its next sleep when the work has ended, so all of the work is added.",
        ],
      ],
    }),
  },
  heap: {
    title: "From polling to a heap",
    about: "how to wake up only when something is due",
    lane: (hours: number) => `every ${hours} hours`,
    content: (n: { runs: number; timers: number; polling: Work; heap: Work; asksPerRun: string }) => ({
      explained: [
        `Both made the same ${count(n.runs, "run")}. Polling woke ${count(n.polling.wakeUps, "time")} and asked ${count(n.polling.asked, "time")} whether something is due; the heap woke ${count(n.heap.wakeUps, "time")} and made ${count(n.heap.asked, "comparison")}, ${n.asksPerRun} per run.`,
        `Only the top matters: nothing is due before it, so one timer for the top is enough for all ${n.timers}, or for a hundred thousand. Each time their number doubles, the heap gets one level deeper.`,
        `Why not a timing wheel? A wheel puts a timer into the slot of its moment in one step, but it has to turn: with one slot per second, that is ${number(n.polling.wakeUps)} turns in this day, and all but ${number(n.heap.wakeUps)} find nothing. It pays off where timers come and go by the hundred thousand and most are cancelled before they are due, as in a kernel. Jobs are few and stay, so a heap is right: src/scheduler/heap.ts is the real one, and run() with --debug shows its top.`,
      ],
      asked: "You have a thousand times as many jobs. What does one start cost in the heap?",
      choices: [
        [
          "a thousand times as many comparisons",
          "that is the price of polling, which asks every timer; in a heap, a timer is only compared with those on its way down.",
        ],
        [
          "a few more comparisons",
          "the heap is a few levels deeper, one for each doubling, and a sinking timer meets two others per level.",
        ],
        [
          "nothing more",
          "finding the top costs nothing more, but the timer has to sink to a new place in a deeper heap.",
        ],
      ],
    }),
  },
  interval: {
    title: "Interval and calendar",
    about: "every 24 hours is not every day",
    picture: (job: string, days: number) => `${job}, ${count(days, "day")} below each other`,
    content: (n: { elapsed: Rhythm; wall: Rhythm }) => ({
      explained: [
        `Early on Sunday, Berlin's clocks went forward. The interval kept its ${or(n.elapsed.hours)} hours, so the wall clock showed ${n.elapsed.times.join(" and then ")}. The calendar rule kept ${n.wall.times.join(" and then ")}, so its runs are ${or(n.wall.hours)} hours apart.`,
        "Neither is wrong: they are two kinds of time. Seconds, minutes and hours are elapsed time; days, weeks, months and years, and everything with .at(), are wall time. Cron is not a third kind: it is another way to write a calendar rule.",
      ],
      asked: "People should get a reminder at nine each morning. What do you write?",
      choices: [
        [
          "every(24).hours",
          "it keeps the hours between two runs, so a clock change moves it to another time of day.",
        ],
        ['every().day.at("09:00")', "it names the time on the wall clock, and people live by that clock."],
        [
          "every(24 * 60).minutes",
          "minutes are elapsed time, just as hours are, so this is the first answer in other words.",
        ],
      ],
    }),
  },
  nights: {
    title: "The two nights when clocks change",
    about: "a time that does not exist, and one that occurs twice",
    spring: "spring, with Berlin's clock below",
    autumn: "autumn",
    content: (n: { spring: Night; autumn: Night }) => ({
      explained: [
        `In spring an hour is skipped, which is called a gap: 02:30 does not exist, and the job that wants it runs at ${n.spring.times}. In autumn an hour occurs twice, a fold: 02:30 comes around twice, and the job runs at ${n.autumn.times}, the first time only. That is ${count(n.spring.named, "run")} in each night; the next day the job runs at 02:30 again.`,
        `A star in cron's hour or minute means "whenever it matches", and follows elapsed time: ${count(n.spring.starred, "run")} between two and three in spring, ${count(n.autumn.starred, "run")} in autumn. npx onthedot explain "every day at 02:30" shows both nights for any schedule.`,
      ],
      asked: "A payment must go out exactly once each night. What do you write?",
      choices: [
        [
          'every().day.at("02:30")',
          "a fixed time runs once in either night: moved out of the gap, and never repeated.",
        ],
        [
          'cron("30 * * * *"), and check whether it is past two',
          "in the fold the clock shows half past two in two different hours, so you would pay twice.",
        ],
        [
          "every(24).hours",
          "it keeps the hours between two runs, so each clock change moves it to another time of day.",
        ],
      ],
    }),
  },
  overlap: {
    title: "Overlap",
    about: "skip, queue or allow: the last run is still running",
    content: (n: Record<"due" | "skip" | "queue" | "waited" | "allow" | "atOnce", number>) => ({
      explained: [
        `Each job was due ${count(n.due, "time")}. skip, the default, ran ${count(n.skip, "time")} and skipped what became due in between. queue ran ${count(n.queue, "time")}: one run may wait, here for at most ${n.waited} s, and further ones are skipped. allow ran ${count(n.allow, "time")}, up to ${n.atOnce} at once.`,
        'Nothing vanishes silently: what did not run is "skipped" in job.history(). A fourth policy, "cancel", aborts the old run and starts the new one. And a job that is always too slow needs a longer interval, not another policy.',
      ],
      asked:
        "A backup writes to one file, and sometimes takes longer than its interval. Which policy can corrupt that file?",
      choices: [
        ["skip", "there are never two runs at once: a run that is due too early is skipped."],
        ["queue", "there are never two runs at once: the next one waits until the first has ended."],
        [
          "allow",
          "two backups would write to the same file at the same time; allow is for work that may overlap.",
        ],
      ],
    }),
  },
  sleep: {
    title: "Sleep and catch-up",
    about: "what happens to the runs that a closed lid missed",
    content: (n: {
      slept: string;
      missed: number;
      noticedAfter: string;
      once: number;
      skip: number;
      all: number;
    }) => ({
      explained: [
        `The machine slept ${n.slept}, and each job missed ${count(n.missed, "run")}. Timers stand still while a machine sleeps, so no timer here is set further ahead than half a minute: ${n.noticedAfter} after the lid opened, the wall clock had moved further than the elapsed time: that is how sleep is noticed.`,
        `Then each job's catchUp decides. once, the default, ran ${count(n.once, "missed run")}, the latest; skip ran ${n.skip === 0 ? "none" : count(n.skip, "missed run")}; all ran ${count(n.all, "missed run")}, oldest first. Jobs start a few seconds apart, so that a laptop is not overwhelmed when it wakes. At nine, all three were on the dot again.`,
      ],
      asked: "A report shows how things stand now. The laptop slept through several. Which policy fits?",
      choices: [
        [
          "once",
          "one report of the current state is enough, and it arrives as soon as the machine is awake.",
        ],
        ["skip", "there would be no report until the next one is due, although one is overdue."],
        [
          "all",
          "all of them would show the same current state: all is for work that belongs to its moment, such as a bill for each day.",
        ],
      ],
    }),
  },
  retry: {
    title: "Retry and timeout",
    about: "work that fails, and work that never ends",
    attemptsLane: "flaky, attempts",
    content: (n: {
      attempts: number;
      runs: number;
      pauses: readonly number[];
      took: string;
      outcome: string;
      cut: string;
      cutOutcome: string;
    }) => ({
      explained: [
        `flaky was one run with ${count(n.attempts, "attempt")} and pauses of ${n.pauses.join(" s and ")} s between them: each pause is twice as long as the one before, which gives a struggling server time to recover. The run took ${n.took} and ${n.outcome}.`,
        `hanging would never end. After ${n.cut} its signal was aborted and the run was recorded as ${n.cutOutcome}; the next one was due a minute later, and ran. Pass the signal on, as in fetch(url, { signal }): a promise cannot be stopped from outside, only asked to stop.`,
      ],
      asked: `flaky was called ${count(n.attempts, "time")}. How many runs does its job.history() have?`,
      choices: [
        [String(n.attempts), "those are attempts: they belong to one occurrence, which has one outcome."],
        [
          String(n.runs),
          "attempts belong to their run, and the run succeeded in the end: one occurrence, one outcome.",
        ],
        [
          String(n.attempts - n.runs),
          "a failed attempt is not a failed run as long as another attempt follows.",
        ],
      ],
    }),
  },
} satisfies Record<
  string,
  { title: string; about: string; content(numbers: never): Content; [more: string]: unknown }
>;
