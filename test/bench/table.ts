import { type Benchmark, isBare, type Row, subject } from "./results.ts";

/** A benchmark as lines for the screen: one row a line, ours first, then what the platform needs, then the others. */
export const table = ({ title, how, rows }: Benchmark): string => {
  const body = rows.flatMap((row) => [
    `  ${row.what}${verdict(row)}`,
    ...order(row).map((name) => line(row, name)),
  ]);
  return [`\n${title}`, how, "", ...body].join("\n");
};

const order = ({ values }: Row): readonly string[] => {
  const rank = (name: string) => (name.startsWith(subject) ? 0 : isBare(name) ? 1 : 2);
  const size = (name: string) => (typeof values[name] === "number" ? values[name] : Infinity);
  return Object.keys(values).sort((a, b) => rank(a) - rank(b) || size(a) - size(b));
};

const verdict = ({ values, goal, unit }: Row): string => {
  const ours = values[subject];
  if (goal === undefined || typeof ours !== "number") return "";
  return ours <= goal
    ? `   (held: at most ${number(goal)} ${unit})`
    : `   (missed: ${number(ours / goal)} x the ${number(goal)} ${unit} wanted)`;
};

const line = ({ values, unit }: Row, name: string): string => {
  const value = values[name]!;
  if (typeof value === "string") return `      ${name.padEnd(26)} ${value}`;
  return `      ${name.padEnd(26)} ${number(value).padStart(10)} ${unit.padEnd(8)} ${ratio(values, name)}`.trimEnd();
};

/** How many times ours a value is. */
const ratio = (values: Row["values"], name: string): string => {
  const [ours, other] = [values[subject], values[name]];
  if (name === subject || typeof ours !== "number" || typeof other !== "number" || ours <= 0 || other <= 0)
    return "";
  const times = other / ours;
  return times >= 1 ? `${number(times)} x ours` : `ours is ${number(1 / times)} x`;
};

/** Three digits, more before the point. */
export const number = (value: number): string =>
  value === 0
    ? "0"
    : Math.abs(value) >= 100
      ? Math.round(value).toLocaleString("en")
      : String(Number(value.toPrecision(3)));
