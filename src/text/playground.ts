import type { Language } from "./text.ts";

/** The texts of the playground, which no script loads. */
const english = {
  title: "onthedot playground",
  language: "Language",
  scheduleTitle: "What does it mean?",
  prompt: "A phrase, a cron expression or a chain",
  examples: [
    "every weekday at 9am",
    "last friday of the month at 17:00",
    "每天早上8点半",
    "every day at 02:30",
    "*/15 9-17 * * mon-fri",
    'every(2).weeks.on("friday").at("17:00")',
  ],
  zone: "Time zone",
  next: "Next runs",
  never: "It never runs again.",
  year: "The next 12 months, a dot for each day",
  dots: (total: number) => `${total.toLocaleString("en")} runs in the next 12 months`,
  nights: "When the clocks change",
  noNights: "Clock changes do not affect it.",
  race: {
    title: "Four systems, one job",
    lead: "The same job in a tutorial's four systems, on virtual time in Berlin. Dashed lines mark when it should run; shading shows when the computer sleeps.",
    job: "Job",
    jobs: { hourly: "every hour", daily: "every day at 02:30" },
    night: "Night",
    nightsOf: { ordinary: "an ordinary night", forward: "the clocks go forward", back: "the clocks go back" },
    takes: (minutes: number) => `A run takes ${minutes === 0 ? "no time" : `${minutes} minutes`}`,
    sleeps: (hours: number) =>
      hours === 0 ? "The computer stays awake" : `The computer sleeps from 23:00 for ${hours} h`,
    systems: {
      loop: "while True + sleep",
      schedule: "schedule",
      apscheduler: "APScheduler",
      onthedot: "onthedot",
    },
    because: {
      loop: "sleeps after each run, so each run is later than the one before. While the computer sleeps, the wait stands still.",
      schedule: "counts from the end of the last run, and ignores clock changes. After sleep it runs once.",
      apscheduler: "drops what is more than a second late. A time in the repeated hour runs twice.",
      onthedot: "plans from a fixed beat or the wall clock, and catches up once after sleep.",
    },
    score: (onTime: number, of: number, others: number) =>
      `${onTime} of ${of} on time${others > 0 ? `, ${others} off` : ""}`,
    kinds: { run: "runs", caughtUp: "runs late", dropped: "does not run" },
  },
};

type PlaygroundTexts = typeof english;

const chinese: PlaygroundTexts = {
  title: "onthedot 试验场",
  language: "语言",
  scheduleTitle: "这是什么意思？",
  prompt: "短语、cron 表达式或链式写法",
  examples: [
    "每个工作日早上9点",
    "每月最后一个星期五下午5点",
    "every weekday at 9am",
    "每天凌晨2点半",
    "*/15 9-17 * * mon-fri",
    'every(2).weeks.on("friday").at("17:00")',
  ],
  zone: "时区",
  next: "接下来的运行",
  never: "不会再运行。",
  year: "未来 12 个月，每天一个点",
  dots: (total) => `未来 12 个月运行 ${total.toLocaleString("en")} 次`,
  nights: "时钟调整的夜晚",
  noNights: "时钟调整对它没有影响。",
  race: {
    title: "四种写法，同一个任务",
    lead: "同一个任务，用教程里的四种写法，按柏林的虚拟时间运行。虚线是应运行的时刻，阴影表示电脑在休眠。",
    job: "任务",
    jobs: { hourly: "每小时", daily: "每天 02:30" },
    night: "夜晚",
    nightsOf: { ordinary: "普通的夜晚", forward: "时钟调快", back: "时钟调慢" },
    takes: (minutes) => (minutes === 0 ? "一次运行不花时间" : `一次运行 ${minutes} 分钟`),
    sleeps: (hours) => (hours === 0 ? "电脑不休眠" : `电脑从 23:00 起休眠 ${hours} 小时`),
    systems: {
      loop: "while True + sleep",
      schedule: "schedule",
      apscheduler: "APScheduler",
      onthedot: "onthedot",
    },
    because: {
      loop: "每次运行完才开始等，所以一次比一次晚。电脑休眠时，等待也停住。",
      schedule: "从上次运行结束算起，不管时钟调整。休眠之后运行一次。",
      apscheduler: "晚一秒以上就丢弃。时钟调慢时，重复的那个小时里会运行两次。",
      onthedot: "按固定的节拍或钟点安排，休眠之后补跑一次。",
    },
    score: (onTime, of, others) => `${of} 次中 ${onTime} 次准时${others > 0 ? `，${others} 次不准` : ""}`,
    kinds: { run: "运行", caughtUp: "晚了才运行", dropped: "没有运行" },
  },
};

export const playgroundTexts = (language: Language): PlaygroundTexts =>
  language === "zh" ? chinese : english;
