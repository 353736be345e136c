import { fileURLToPath } from "node:url";
import { isQuick, mainThreadCpu, median, quantile } from "./measure.ts";
import { type Figures, finish, measureInProcess, processArguments, report } from "./process.ts";
import { contenders } from "./schedulers.ts";

/** In a fresh process: runs a job every second and records when it started. */
const measure = async ([name, count]: readonly string[]): Promise<void> => {
  const seconds = Number(count);
  /** The first starts are not measured: code is compiled, memory cleaned up. */
  const rest = 5;
  const { everySecond, start } = await contenders[name!]!();
  const starts: Record<string, number> = {};
  let ran = 0;
  let cpu = 0;
  everySecond!(() => {
    if (ran === rest) cpu = mainThreadCpu();
    if (ran >= rest && ran < rest + seconds) starts[ran - rest] = performance.timeOrigin + performance.now();
    if (ran++ === rest + seconds) finish({ ...starts, cpu: ((mainThreadCpu() - cpu) * 60) / seconds });
  });
  start?.();
};

const names = [
  "bare setTimeout each",
  "bare setTimeout and spin",
  "onthedot",
  "onthedot, precise",
  "croner",
  "node-cron",
  "cron",
  "node-schedule",
  "toad-scheduler",
  "later",
];
// A garbage collection comes about once a minute: less than a minute counts it not at all or several times.
const seconds = isQuick ? 5 : 60;
const rounds = isQuick ? 1 : 3;

const startsOf = ({ cpu, ...starts }: Figures): number[] => Object.values(starts);

/** Milliseconds after the second; an interval that keeps no second is measured against its own first start. */
const latenessOf = (name: string, figures: Figures): number[] =>
  startsOf(figures).map((at, i, all) =>
    name === "toad-scheduler" ? at - all[0]! - i * 1_000 : at - Math.round(at / 1_000) * 1_000,
  );

const isComplete = (figures: Figures): boolean => {
  const whole = startsOf(figures).map((at) => Math.round(at / 1_000));
  return whole.every((second, i) => second === whole[0]! + i);
};

const compareAll = async (): Promise<void> => {
  const found = new Map<string, Figures[]>(names.map((name) => [name, []]));
  const reasons: Record<string, string> = {};
  // Two at a time: more would wake at one instant on too few processors.
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < names.length; i += 2) {
      const pair = names.slice(i, i + 2);
      const file = fileURLToPath(import.meta.url);
      const measured = await Promise.all(pair.map((name) => measureInProcess(file, [name, seconds], 90)));
      for (const [j, figures] of measured.entries())
        if (typeof figures === "string") reasons[pair[j]!] = figures;
        else found.get(pair[j]!)!.push(figures);
    }
  const value = (name: string, all: readonly Figures[], figure: Figure): number | string => {
    if (name in reasons) return reasons[name]!;
    if (!all.every(isComplete)) return "skipped or doubled a second";
    const earliest = Math.min(...all.flatMap((figures) => latenessOf(name, figures)));
    if (earliest < -2) return `starts ${Math.round(-earliest)} ms early`;
    return median(all.map((figures) => figure(latenessOf(name, figures), figures)));
  };
  const by = (figure: Figure) =>
    Object.fromEntries([...found].map(([name, all]) => [name, value(name, all, figure)]));
  report({
    title: "How late an every-second job starts",
    how: `${seconds} starts after 5 s of rest in a process that does nothing else, two contenders at a time, median of ${rounds} rounds, and the CPU of the main thread for a minute of it. An interval of toad-scheduler keeps no second: it is measured against its own first start, from which it drifts.`,
    rows: [
      {
        what: "half of the starts within",
        unit: "ms late",
        values: by((late) => quantile(late, 0.5)),
        goal: 1,
      },
      {
        what: "99 % of the starts within",
        unit: "ms late",
        values: by((late) => quantile(late, 0.99)),
        goal: 2.5,
      },
      { what: "the earliest", unit: "ms late", values: by((late) => Math.min(...late)) },
      { what: "a minute of it", unit: "ms CPU", values: by((_, { cpu }) => cpu!) },
    ],
  });
};
type Figure = (lateness: readonly number[], figures: Figures) => number;

await (processArguments ? measure(processArguments) : compareAll());
