import { fileURLToPath } from "node:url";
import { isQuick, mainThreadCpu, mainThreadSleeps } from "./measure.ts";
import { column, finish, measureInProcess, measureInTurn, processArguments, report } from "./process.ts";
import { contenders } from "./schedulers.ts";

const jobs = 1_000;

/** In a fresh process: registers hourly jobs, rests, and measures what it costs to have nothing to do. */
const measure = async ([name, duration]: readonly string[]): Promise<void> => {
  const seconds = Number(duration);
  const { hourly, start } = await contenders[name!]!();
  for (let i = 0; i < jobs; i++) hourly!(() => {});
  start?.();
  globalThis.gc!();
  setTimeout(() => {
    const [cpu, sleeps] = [mainThreadCpu(), mainThreadSleeps()];
    setTimeout(() => {
      const minutes = seconds / 60;
      // One wake-up is this timer's own.
      finish({
        cpu: (mainThreadCpu() - cpu) / minutes,
        wakeUps: (mainThreadSleeps() - sleeps - 1) / minutes,
      });
    }, seconds * 1_000);
  }, 5_000);
};

const compareAll = async (): Promise<void> => {
  const names = Object.keys(contenders).filter((name) => !/spin|precise/.test(name));
  const file = fileURLToPath(import.meta.url);
  const seconds = isQuick ? 5 : 60;
  const rounds = isQuick ? 1 : 3;
  const measurements = names.map(
    (name) => [name, () => measureInProcess(file, [name, seconds], 120)] as const,
  );
  const measured = await measureInTurn(Object.fromEntries(measurements), rounds, 3);
  report({
    title: "A minute with 1,000 hourly jobs and nothing to do",
    how: `CPU and wake-ups of the main thread over ${seconds} s, after 5 s of rest; three contenders at a time, median of ${rounds} rounds.`,
    rows: [
      { what: "CPU", unit: "ms CPU", values: column(measured, "cpu"), goal: 1 },
      { what: "wake-ups", unit: "wake-ups", values: column(measured, "wakeUps"), goal: 4 },
    ],
  });
};

await (processArguments ? measure(processArguments) : compareAll());
