import { fileURLToPath } from "node:url";
import { isQuick, mainThreadCpu } from "./measure.ts";
import {
  column,
  type Figures,
  finish,
  measureInProcess,
  measureInTurn,
  processArguments,
  report,
} from "./process.ts";
import type { Row } from "./results.ts";
import { contenders } from "./schedulers.ts";

/**
 * In a fresh process: registers jobs that are due at one instant, `lead` milliseconds from now or a little more, and measures from then to the
 * start of the last one.
 */
const measure = async ([name, count, lead]: readonly string[]): Promise<void> => {
  const size = Number(count);
  const { at, start } = await contenders[name!]!();
  // Some know whole seconds only.
  const due = Math.ceil((Date.now() + Number(lead)) / 1_000) * 1_000;
  const sinceDue = () => performance.timeOrigin + performance.now() - due;
  let ran = 0;
  let early = 0;
  let before = 0;
  let cpu = 0;
  let late = 0;
  const task = () => {
    if (ran++ === 0) early = Math.max(0, -sinceDue());
    if (ran < size) return;
    cpu = mainThreadCpu() - before;
    late = sinceDue();
  };
  // Some refuse a moment that has passed, and some start before the last job is registered.
  const isTooLate = () => Date.now() > due - 200;
  for (let i = 0; i < size && !isTooLate(); i++) at!(due, task);
  if (isTooLate()) return finish({ tooLate: 1 });
  start?.();
  setTimeout(
    () => {
      before = mainThreadCpu();
    },
    due - 20 - Date.now(),
  );
  const check = setInterval(() => {
    if (ran < size && Date.now() < due + 15_000) return;
    clearInterval(check);
    finish({ cpu, late, early, lost: size - ran });
  }, 1_000);
};

/** For each contender the milliseconds to register a job, at most, and the most jobs it is given. */
const limits: Readonly<Record<string, readonly [number, number]>> = {
  "bare objects, one timer": [0.001, 1e6],
  "bare setTimeout each": [0.003, 1e6],
  onthedot: [0.02, 1e6],
  cron: [0.2, 1e4],
  croner: [1, 1e3],
  later: [0.1, 1e4],
  "node-cron": [0.3, 1e4],
  "node-schedule": [1, 1e3],
};
const sizes = isQuick ? [1, 1e3, 1e4] : [1, 1e3, 1e4, 1e5, 1e6];
const goals: Readonly<Record<number, number>> = { 1e3: 6, 1e4: 20, 1e5: 120 };
/** A timer of Node may fire one millisecond early. */
const earlyLimit = 2;

/** Gives it more time to register until that is enough. */
const fire = async (name: string, size: number, lead: number): Promise<Figures | string> => {
  const figures = await measureInProcess(fileURLToPath(import.meta.url), [name, size, lead], 120);
  if (typeof figures === "string") return figures;
  if ("tooLate" in figures) return lead > 30_000 ? "registering takes over 30 s" : fire(name, size, 2 * lead);
  if (figures.lost! > 0) return `lost ${figures.lost}`;
  if (figures.early! > earlyLimit) return `starts ${Math.round(figures.early!)} ms early`;
  return figures;
};

const compareAll = async (): Promise<void> => {
  const rows: Row[] = [];
  for (const size of sizes) {
    const names = Object.keys(limits);
    const able = names.filter((name) => limits[name]![1] >= size);
    const measurements = able.map(
      (name) => [name, () => fire(name, size, 800 + limits[name]![0] * size)] as const,
    );
    const rounds = isQuick || size > 1e5 ? 1 : 5;
    const measured = await measureInTurn(Object.fromEntries(measurements), rounds);
    const others = names.filter((name) => !able.includes(name));
    const reasons = Object.fromEntries(others.map((name) => [name, "registering takes too long"]));
    const what = size === 1 ? "one job" : `${size.toLocaleString("en")} jobs`;
    rows.push(
      { what, unit: "ms CPU", values: { ...column(measured, "cpu"), ...reasons }, goal: goals[size] },
      { what: `${what}, by the clock`, unit: "ms late", values: { ...column(measured, "late"), ...reasons } },
    );
  }
  report({
    title: "Jobs that are due at one instant",
    how: "CPU of the main thread from 20 ms before they are due to the start of the last one, and how late that is by the clock. One-off jobs of an empty function in a fresh process. A contender that loses some or starts early is left out. toad-scheduler knows intervals only.",
    rows,
  });
};

await (processArguments ? measure(processArguments) : compareAll());
