import { expect, test } from "vitest";
import type { RunRecord } from "../../src/job.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import { type Question, type WhyFacts, why } from "../../src/report/why.ts";
import type { Incident } from "../../src/store/store.ts";
import type { Instant } from "../../src/time/instant.ts";
import { parseMoment } from "../../src/time/iso.ts";
import { utc } from "../../src/time/zone.ts";
import { buildersAt } from "../fluent/builders.ts";

const at = (text: string): Instant => parseMoment(`2026-11-${text}`, utc);
const date = (text: string): Date => new Date(at(text));

const run = (
  scheduled: string,
  outcome: RunRecord["outcome"],
  more: Partial<Record<"started" | "ended", string>> & Omit<Partial<RunRecord>, "started" | "ended"> = {},
): RunRecord => {
  const { started, ended, ...rest } = more;
  return {
    scheduled: date(scheduled),
    outcome,
    attempts: started === undefined ? 0 : 1,
    ...(started !== undefined && { started: date(started) }),
    ...(ended !== undefined && { ended: date(ended) }),
    ...rest,
  };
};

const ok = (scheduled: string, started = scheduled, ended = started): RunRecord =>
  run(scheduled, "succeeded", { started, ended: `${ended}:03` });

const incident = (
  kind: Incident["kind"],
  from: string,
  until?: string,
  why: string | null = null,
): Incident => ({ kind, from: at(from), until: until === undefined ? null : at(until), job: "", why });

interface History {
  /** @default every day at 02:30 */
  readonly schedule?: string;
  readonly records?: readonly RunRecord[];
  readonly incidents?: readonly Incident[];
  readonly asked?: readonly [from: string, to: string];
  readonly state?: Partial<WhyFacts>;
  readonly en: string;
  readonly zh: string;
}

/** Asked on Wednesday 25 November 2026, 09:00. */
const now = "25 09:00".replace(" ", "T");

const factsFor = ({ schedule = "every day at 02:30", records = [], incidents = [], state }: History) => {
  const { when } = buildersAt("2026-11-01 00:00", "UTC");
  const chain = when(schedule);
  const anchor = at("20");
  const trigger = compile(chain.recurrence(), { zone: utc, anchor });
  const inside = chain.recurrence();
  const open = compile(inside.kind === "except" ? inside.of : inside, { zone: utc, anchor });
  return (language: "en" | "zh"): WhyFacts => ({
    schedule: chain.describe(language),
    records,
    incidents,
    next: (after) => trigger.next(after),
    nextWithExcluded: (after) => open.next(after),
    since: anchor,
    running: [],
    nextRun: state?.isPaused || state?.end ? null : trigger.next(at(now)),
    isPaused: false,
    now: at(now),
    zone: utc,
    ...state,
  });
};

const night = ["24T18:00", "25T10:00"] as const;

const histories: Readonly<Record<string, History>> = {
  "on time": {
    records: [ok("25T02:30")],
    en: "02:30 was due. The run started on time and succeeded after 3.0s. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。准时启动，用时3.0秒，运行成功。下次运行在明天 02:30。",
  },
  "slept, caught up, failed": {
    records: [
      run("25T02:30", "failed", {
        started: "25T07:58",
        ended: "25T07:58:02",
        error: "Error: connect ECONNREFUSED",
        failedAt: "myjobs.ts:9",
      }),
    ],
    incidents: [incident("asleep", "25T00:17", "25T07:58")],
    asked: night,
    en: "02:30 was due. The machine slept from 00:17 to 07:58. The run was caught up at 07:58, 5h 28m late, and failed at myjobs.ts:9: Error: connect ECONNREFUSED. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。机器从 00:17 到 07:58 休眠。07:58 补跑，晚了5小时28分钟，失败（myjobs.ts:9）：Error: connect ECONNREFUSED。下次运行在明天 02:30。",
  },
  "slept, merged into the next run": {
    schedule: "every hour",
    records: [run("25T07:00", "coalesced", { count: 7 }), ok("25T08:00")],
    incidents: [incident("asleep", "25T00:17", "25T07:58")],
    asked: ["25T02:00", "25T03:00"],
    en: "7 runs were due, the last at 07:00. The machine slept from 00:17 to 07:58. The runs were missed and merged into the run that started at 08:00. The next run is at 10:00.",
    zh: "应运行 7 次，最后一次在 07:00。机器从 00:17 到 07:58 休眠。错过后合并到 08:00 启动的那次运行。下次运行在 10:00。",
  },
  "slept too long to be caught up": {
    records: [run("23T02:30", "expired", { reason: "tooLate" })],
    incidents: [incident("asleep", "22T23:00", "24T09:00")],
    asked: ["23T00:00", "24T00:00"],
    en: "Mon 23 Nov 02:30 was due. The machine slept from Sun 22 Nov 23:00 to yesterday 09:00. The run was missed and too late to catch up. The next run is tomorrow at 02:30.",
    zh: "11月23日周一 02:30 应运行一次。机器从 11月22日周日 23:00 到昨天 09:00 休眠。已错过，已过补跑的时限。下次运行在明天 02:30。",
  },
  "slept, and is not caught up": {
    records: [run("25T02:30", "expired", { reason: "notCaughtUp" })],
    incidents: [incident("asleep", "24T23:00", "25T08:00")],
    en: '02:30 was due. The machine slept from yesterday 23:00 to today 08:00. The run was missed and not caught up because of .catchUp("skip"). The next run is tomorrow at 02:30.',
    zh: '02:30 应运行一次。机器从昨天 23:00 到今天 08:00 休眠。已错过，按 .catchUp("skip") 不补跑。下次运行在明天 02:30。',
  },
  overlap: {
    schedule: "every hour",
    records: [
      run("25T02:00", "succeeded", { started: "25T02:00", ended: "25T03:41" }),
      run("25T03:00", "skipped", { reason: "overlap" }),
    ],
    asked: ["25T03:00", "25T03:01"],
    en: "03:00 was due. The run was skipped because the last run was still running (from 02:00 to 03:41). The next run is at 10:00.",
    zh: "03:00 应运行一次。因上一次仍在运行（02:00 到 03:41）而跳过。下次运行在 10:00。",
  },
  "overlap with a run that has not ended": {
    schedule: "every hour",
    records: [run("25T08:00", "skipped", { reason: "overlap" })],
    state: { running: [at("25T07:00")] },
    asked: ["25T08:00", "25T08:01"],
    en: "08:00 was due. The run was skipped because the last run was still running (since 07:00). The next run is at 10:00.",
    zh: "08:00 应运行一次。因上一次仍在运行（从 07:00 开始）而跳过。下次运行在 10:00。",
  },
  "waited for another run": {
    schedule: "every hour",
    records: [
      run("25T02:00", "succeeded", { started: "25T02:00", ended: "25T03:41" }),
      run("25T03:00", "succeeded", { started: "25T03:41", ended: "25T03:50" }),
    ],
    asked: ["25T03:00", "25T03:01"],
    en: "03:00 was due. The run waited for that of 02:00, started at 03:41, 41m late, and succeeded after 9m. The next run is at 10:00.",
    zh: "03:00 应运行一次。等待 02:00 那次运行结束，03:41 启动，晚了41分钟，用时9分钟，运行成功。下次运行在 10:00。",
  },
  "too many waiting": {
    records: [run("25T02:30", "dropped", { reason: "queueFull" })],
    en: "02:30 was due. The run was dropped because too many runs were waiting. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。因排队过多而丢弃。下次运行在明天 02:30。",
  },
  "skipped while it was paused": {
    records: [run("24T02:30", "skipped", { reason: "paused", count: 3 })],
    incidents: [incident("paused", "21T18:00", "24T08:00")],
    asked: ["24T00:00", "24T12:00"],
    en: "3 runs were due, the last yesterday 02:30. The job was paused from Sat 21 Nov 18:00 to yesterday 08:00. The runs were skipped because the job was paused. The next run is tomorrow at 02:30.",
    zh: "应运行 3 次，最后一次在昨天 02:30。任务从 11月21日周六 18:00 到昨天 08:00 暂停。因任务已暂停而跳过。下次运行在明天 02:30。",
  },
  "paused since its failures": {
    records: [
      run("23T02:30", "failed", { started: "23T02:30", ended: "23T02:30:01", error: "Error: disk full" }),
    ],
    incidents: [incident("paused", "23T02:30:01", undefined, "5 runs in a row failed")],
    state: { isPaused: true },
    en: "2 runs were due, the last at 02:30. The job has been paused since Mon 23 Nov 02:30:01 (5 runs in a row failed).",
    zh: "应运行 2 次，最后一次在 02:30。任务从 11月23日周一 02:30:01 起一直暂停（5 runs in a row failed）。",
  },
  "paused by hand, asked for last night": {
    records: [ok("23T02:30")],
    incidents: [incident("paused", "23T18:00")],
    state: { isPaused: true },
    asked: night,
    en: "02:30 was due. The job has been paused since Mon 23 Nov 18:00.",
    zh: "02:30 应运行一次。任务从 11月23日周一 18:00 起一直暂停。",
  },
  failed: {
    records: [
      run("25T02:30", "failed", {
        started: "25T02:30",
        ended: "25T02:31",
        error: "TypeError: x is undefined.\n  more",
      }),
    ],
    en: "02:30 was due. The run started on time and failed: TypeError: x is undefined. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。准时启动，失败：TypeError: x is undefined。下次运行在明天 02:30。",
  },
  "failed after retries": {
    records: [
      run("25T02:30", "failed", {
        started: "25T02:30",
        ended: "25T02:35",
        attempts: 4,
        error: "Error: offline",
        failedAt: "myjobs.ts:12",
      }),
    ],
    en: "02:30 was due. The run started on time and failed after 4 attempts, the last at myjobs.ts:12: Error: offline. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。准时启动，尝试 4 次后失败（myjobs.ts:12）：Error: offline。下次运行在明天 02:30。",
  },
  "succeeded at a retry": {
    records: [run("25T02:30", "succeeded", { started: "25T02:30", ended: "25T02:30:30", attempts: 3 })],
    en: "02:30 was due. The run started on time and succeeded after 30s on attempt 3. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。准时启动，用时30秒，运行成功（第 3 次尝试）。下次运行在明天 02:30。",
  },
  "killed in the middle": {
    records: [run("25T02:30", "interrupted", { started: "25T02:30" })],
    incidents: [incident("notRunning", "25T02:30", "25T08:00", "died")],
    en: "02:30 was due. The run started on time and was interrupted: the process died during the run. The script died after 02:30 and was started again at 08:00. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。准时启动，运行中断：进程在运行期间退出。脚本在 02:30 之后异常退出，08:00 重新启动。下次运行在明天 02:30。",
  },
  "cancelled in the middle": {
    records: [run("25T02:30", "cancelled", { started: "25T02:30", ended: "25T02:30:20" })],
    en: "02:30 was due. The run started on time and was cancelled after 20s. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。准时启动，20秒后取消。下次运行在明天 02:30。",
  },
  "cancelled before it started": {
    records: [run("25T02:30", "cancelled")],
    state: { end: { at: at("25T02:31"), why: "cancelled" } },
    en: "02:30 was due. The run was cancelled before it started. The job was cancelled at 02:31.",
    zh: "02:30 应运行一次。启动前已取消。任务在 02:31 取消。",
  },
  "excluded day": {
    schedule: "every day at 02:30 except wednesdays",
    records: [ok("24T02:30")],
    asked: night,
    en: "02:30 would have been due, but is excluded: the schedule is every day at 02:30, except on Wednesday. The next run is tomorrow at 02:30.",
    zh: "02:30 本应运行，但已排除：计划是每天02:30，周三除外。下次运行在明天 02:30。",
  },
  "clock set forward over it": {
    records: [ok("25T02:30", "25T08:00")],
    incidents: [incident("set-forward", "25T01:00", "25T08:00")],
    en: "02:30 was due. The clock was set forward from 01:00 to 08:00. The run was caught up at 08:00, 5h 30m late, and succeeded after 3.0s. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。时钟从 01:00 调快到 08:00。08:00 补跑，晚了5小时30分钟，用时3.0秒，运行成功。下次运行在明天 02:30。",
  },
  "clock set back": {
    records: [ok("25T02:30")],
    incidents: [incident("set-back", "25T02:00", "25T03:00")],
    asked: night,
    en: "02:30 was due. The run started on time and succeeded after 3.0s. The clock was set back from 03:00 to 02:00. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。准时启动，用时3.0秒，运行成功。时钟从 03:00 调回 02:00。下次运行在明天 02:30。",
  },
  "process stood still": {
    records: [ok("25T02:30", "25T02:45")],
    incidents: [incident("stalled", "25T02:29", "25T02:45")],
    en: "02:30 was due. The process stalled from 02:29 to 02:45. The run was caught up at 02:45, 15m late, and succeeded after 3.0s. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。进程从 02:29 到 02:45 停顿。02:45 补跑，晚了15分钟，用时3.0秒，运行成功。下次运行在明天 02:30。",
  },
  "on another machine": {
    records: [{ ...ok("25T02:30"), machine: "web-2:4711" }],
    en: "02:30 was due. The run started on time on web-2:4711 and succeeded after 3.0s. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。准时启动（在 web-2:4711 上），用时3.0秒，运行成功。下次运行在明天 02:30。",
  },
  "script did not run": {
    records: [ok("24T02:30"), run("25T02:30", "expired", { reason: "tooLate" })],
    incidents: [incident("notRunning", "24T22:10", "25T08:00")],
    en: "02:30 was due. The script was not running from yesterday 22:10 to today 08:00. The run was missed and too late to catch up. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。脚本从昨天 22:10 到今天 08:00 没有运行。已错过，已过补跑的时限。下次运行在明天 02:30。",
  },
  "script does not run": {
    records: [ok("24T02:30")],
    incidents: [incident("notRunning", "24T22:10")],
    asked: night,
    en: "02:30 was due. The script stopped yesterday 22:10 and has not run since. There is no record of a run. The next run is tomorrow at 02:30, if the script is started by then.",
    zh: "02:30 应运行一次。脚本在昨天 22:10 停止，之后一直没有运行。没有运行记录。如果届时脚本已启动，下次运行在明天 02:30。",
  },
  "never due": {
    schedule: "every weekday at 09:00",
    records: [ok("24T09:00")],
    asked: ["22T00:00", "23T00:00"],
    en: "Nothing was due then: the schedule is every weekday at 09:00. The nearest times are Fri 20 Nov 09:00 and Mon 23 Nov 09:00. The next run is tomorrow at 09:00.",
    zh: "那段时间没有运行计划：计划是每个工作日09:00。之前一次是 11月20日周五 09:00，之后一次是 11月23日周一 09:00。下次运行在明天 09:00。",
  },
  "registered later": {
    records: [],
    asked: ["10T00:00", "11T00:00"],
    en: "Nothing was due Tue 10 Nov 00:00: the job has had this schedule only since Fri 20 Nov 00:00. The next run is tomorrow at 02:30.",
    zh: "11月10日周二 00:00 没有运行计划：任务从 11月20日周五 00:00 起才有这个计划。下次运行在明天 02:30。",
  },
  "still to come": {
    records: [ok("25T02:30")],
    asked: ["26T00:00", "27T00:00"],
    en: "Tomorrow at 00:00 is still to come. The next run is tomorrow at 02:30.",
    zh: "明天 00:00 还没有到。下次运行在明天 02:30。",
  },
  "nothing yet": {
    schedule: "every friday at 17:00",
    state: { since: at("24T12:00") },
    en: "Nothing has been due yet: the job was registered yesterday 12:00 and runs every Friday at 17:00. The next run is Fri 27 Nov 17:00.",
    zh: "还没有到过运行时间：任务在昨天 12:00 注册，计划是每周五17:00。下次运行在 11月27日周五 17:00。",
  },
  running: {
    records: [ok("24T02:30")],
    state: { running: [at("25T02:30")] },
    en: "02:30 was due. The run is still going after 6h 30m. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。仍在运行，已运行6小时30分钟。下次运行在明天 02:30。",
  },
  "only condition": {
    records: [run("25T02:30", "skipped", { reason: "onlyIf" })],
    en: "02:30 was due. The run was skipped because its .onlyIf(…) was false. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。因 .onlyIf(…) 的条件不成立而跳过。下次运行在明天 02:30。",
  },
  "failed condition": {
    records: [run("25T02:30", "skipped", { reason: "conditionFailed", error: "Error: no network" })],
    en: "02:30 was due. The run was skipped because its condition threw: Error: no network. The next run is tomorrow at 02:30.",
    zh: "02:30 应运行一次。因检查条件时出错而跳过：Error: no network。下次运行在明天 02:30。",
  },
  "by hand": {
    records: [run("25T08:12", "succeeded", { started: "25T08:12", ended: "25T08:13", byHand: true })],
    state: { since: at("25T08:00") },
    en: "A run was started by hand at 08:12 and succeeded after 1m. The next run is tomorrow at 02:30.",
    zh: "08:12 手动运行，用时1分钟，运行成功。下次运行在明天 02:30。",
  },
  "by hand, while nobody runs the script": {
    records: [run("25T08:12", "succeeded", { started: "25T08:12", ended: "25T08:13", byHand: true })],
    state: { since: at("25T08:00"), nextRun: at("25T02:30") },
    en: "A run was started by hand at 08:12 and succeeded after 1m.",
    zh: "08:12 手动运行，用时1分钟，运行成功。",
  },
  "many runs in a night": {
    schedule: "every hour",
    records: [
      ...Array.from({ length: 6 }, (_, i) => ok(`25T0${i}:00`)),
      run("25T06:00", "timedOut", { started: "25T06:00", ended: "25T06:05" }),
      ok("25T07:00"),
      ok("25T08:00"),
    ],
    asked: ["25T00:00", "25T08:30"],
    en: "9 runs were due from 00:00 to 08:00: 8 succeeded, 1 timed out. 06:00 was due. The run started on time and timed out after 5m. The next run is at 10:00.",
    zh: "从 00:00 到 08:00 应运行 9 次：成功 8 次，超时 1 次。06:00 应运行一次。准时启动，5分钟后超时。下次运行在 10:00。",
  },
  "older than the history": {
    records: [ok("24T02:30"), ok("25T02:30")],
    asked: ["22T00:00", "23T00:00"],
    en: "Sun 22 Nov 02:30 was due. The history only goes back to yesterday 02:30. The next run is tomorrow at 02:30.",
    zh: "11月22日周日 02:30 应运行一次。运行记录最早只到昨天 02:30。下次运行在明天 02:30。",
  },
  "no record at all": {
    records: [ok("23T02:30"), ok("25T02:30")],
    asked: ["24T00:00", "25T00:00"],
    en: "Yesterday 02:30 was due. There is no record of what happened. The next run is tomorrow at 02:30.",
    zh: "昨天 02:30 应运行一次。没有记录说明当时的情况。下次运行在明天 02:30。",
  },
  ended: {
    records: [ok("25T02:30")],
    state: { end: { at: at("25T02:30:03"), why: "ended" } },
    en: "02:30 was due. The run started on time and succeeded after 3.0s. The job ended at 02:30:03.",
    zh: "02:30 应运行一次。准时启动，用时3.0秒，运行成功。任务在 02:30:03 结束。",
  },
};

test.each(Object.entries(histories))("%s", (_, history) => {
  const question: Question = history.asked
    ? { from: at(history.asked[0]), to: at(history.asked[1]) }
    : "last";
  const facts = factsFor(history);
  expect([why(facts("en"), question, "en"), why(facts("zh"), question, "zh")]).toEqual([
    history.en,
    history.zh,
  ]);
});
