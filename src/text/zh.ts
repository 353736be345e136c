import type { Texts } from "./en.ts";

/** The texts in Chinese. A section that is missing here is shown in English. */
export const chinese = (): Partial<Texts> => zh;

/** A whole number, its thousands apart: `"86,400"`. */
const number = (n: number): string => String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");

const zh = {
  timeline: {
    jobs: (n) => `${number(n)} 个任务`,
    runs: (n) => `${number(n)} 次运行`,
    missed: (n) => `错过 ${number(n)} 次`,
    busiest: (when, jobs) => `最繁忙的一分钟：${when}（${number(jobs)} 个任务）`,
    late: (most) => `最多延迟 ${most}`,
    lateFor: (length, planned) => `延迟 ${length}，原定 ${planned}`,
    asleep: (times) => `休眠 ${number(times)} 次`,
    noClockChange: (length) =>
      length > 6 * day && length < 8 * day ? "本周没有时钟调整" : "此期间没有时钟调整",
    clockChange: ({ forward, length, date, before, after, zone }) =>
      `${zone === undefined ? "" : `${zone} `}时钟将于 ${date} ${forward ? "调快" : "调慢"} ${length}，${before} 变为 ${after}`,
    paused: (names) => `已暂停，未显示：${names}`,
    cut: (end) => `运行次数过多，在此截断，未画到 ${end}`,
    notRun: "不会执行任何任务",
    neverAgain: "不再运行",
    next: (when) => `下次 ${when}`,
    timesIn: (zone) => `时间均为 ${zone}`,
    now: "现在",
    bar: (runs, first, last) => `${number(runs)} 次运行，${first} 至 ${last}`,
    everyRun: "所有运行，精确到秒",
    firstRuns: (shown, all) => `共 ${number(all)} 次运行，列出前 ${number(shown)} 次`,
    job: "任务",
    legend: {
      run: "一次运行",
      many: "多次运行，过于密集，无法分开显示",
      late: "延迟",
      missed: "错过",
      asleep: "机器休眠",
      clockChange: "时钟调整",
    },
    cells: {
      none: "无",
      one: "1 次",
      some: "2–7 次",
      many: "8 次及以上",
      each: "每格 4 小时",
      runs: "次数",
    },
  },
} satisfies Partial<Texts>;

/** A day in milliseconds. */
const day = 86_400_000;
