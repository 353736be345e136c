import fc, { type Arbitrary } from "fast-check";
import { comesEver, type Entry, type Expression, type Field, isOpen, isStarred } from "./cron-meaning.ts";

export interface ExpressionOptions {
  /** Whether `L`, `W`, `#` and `?` are used. @default true */
  readonly special?: boolean;
  /** Whether some have six fields. @default true */
  readonly seconds?: boolean;
  /** Whether ranges may pass the end of their field. @default true */
  readonly over?: boolean;
}

/** Cron expressions that can run, together with what they say. */
export const cronExpression = (options: ExpressionOptions = {}): Arbitrary<Expression> => {
  const { special, seconds, over } = { special: true, seconds: true, over: true, ...options };
  const time = (last: number) => field(fc.oneof(range(0, last, over), value(0, last)), 0, last);
  const days = [range(1, 31, over), value(1, 31), value(1, 31)];
  const weekdays = [range(0, 6, over, weekdayNames), value(0, 7, weekdayNames), value(0, 6, weekdayNames)];
  return fc
    .record({
      second: seconds ? fc.option(time(59), { nil: undefined, freq: 1 }) : fc.constant(undefined),
      minute: time(59),
      hour: time(23),
      dayOfMonth: day(fc.oneof(...days, ...(special ? [lastDay, near] : [])), 1, 31, special),
      month: usually(
        open("*"),
        field(fc.oneof(range(1, 12, over, monthNames), value(1, 12, monthNames)), 1, 12),
      ),
      weekday: day(fc.oneof(...weekdays, ...(special ? [nth] : [])), 0, 6, special),
    })
    .filter(({ dayOfMonth, weekday }) => !isUnsayable(dayOfMonth, weekday))
    .filter(comesEver)
    .map(({ second, ...fields }) => {
      const { minute, hour, dayOfMonth, month, weekday } = fields;
      const written = [...(second ? [second] : []), minute, hour, dayOfMonth, month, weekday];
      return { ...fields, second: second ?? fullMinute, text: written.map(({ text }) => text).join(" ") };
    });
};

interface Written {
  readonly text: string;
  readonly entry: Entry;
}

const fullMinute: Field = { text: "0", entries: [{ kind: "range", from: 0, to: 0, step: 1 }] };

/** A weekday of a certain week, beside a day of the month that it would have to agree with. */
const isUnsayable = (dayOfMonth: Field, weekday: Field): boolean =>
  (isStarred(dayOfMonth) || isStarred(weekday)) &&
  !isOpen(dayOfMonth) &&
  weekday.entries.some(({ kind }) => kind === "nth");

const usually = <T>(first: Arbitrary<T>, second: Arbitrary<T>): Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: first }, { weight: 2, arbitrary: second });

const open = (text: "*" | "?"): Arbitrary<Field> => fc.constant({ text, entries: [{ kind: "open" }] });

const day = (entry: Arbitrary<Written>, first: number, last: number, special: boolean): Arbitrary<Field> =>
  usually(special ? fc.oneof(open("*"), open("?")) : open("*"), field(entry, first, last));

const field = (entry: Arbitrary<Written>, first: number, last: number): Arbitrary<Field> =>
  fc.oneof(
    { weight: 1, arbitrary: open("*") },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: last - first }).map(
        (step): Field => ({
          text: `*/${step}`,
          entries: [{ kind: "range", from: first, to: last, step }],
        }),
      ),
    },
    {
      weight: 4,
      arbitrary: fc.array(entry, { minLength: 1, maxLength: 4 }).map(
        (list): Field => ({
          text: list.map(({ text }) => text).join(","),
          entries: list.map(({ entry }) => entry),
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.integer({ min: 2, max: last - first }), entry).map(
        ([step, more]): Field => ({
          text: `*/${step},${more.text}`,
          entries: [{ kind: "range", from: first, to: last, step }, more.entry],
        }),
      ),
    },
  );

const monthNames =
  "january february march april may june july august september october november december".split(" ");
const weekdayNames = "sunday monday tuesday wednesday thursday friday saturday".split(" ");

/** A number, with leading zeros now and then, or a name in full or short, in any case. */
const spelled = (value: number, first: number, names: readonly string[], how: number): string => {
  const name = names[value - first];
  if (name === undefined || how < 3) return how === 1 ? `0${value}` : String(value);
  return how === 3
    ? name.slice(0, 3)
    : how === 4
      ? name
      : how === 5
        ? name.slice(0, 3).toUpperCase()
        : name[0]!.toUpperCase() + name.slice(1);
};

const spelling = fc.nat({ max: 6 });

const value = (first: number, last: number, names: readonly string[] = []): Arbitrary<Written> =>
  fc.tuple(fc.integer({ min: first, max: last }), spelling).map(([value, how]) => ({
    text: spelled(value, first, names, how),
    entry: { kind: "range", from: value, to: value, step: 1 },
  }));

const range = (
  first: number,
  last: number,
  over: boolean,
  names: readonly string[] = [],
): Arbitrary<Written> =>
  fc
    .tuple(
      fc.integer({ min: first, max: last }),
      fc.integer({ min: first, max: last }),
      fc.integer({ min: 1, max: 9 }),
      spelling,
      fc.boolean(),
    )
    .map(([a, b, wanted, how, toEnd]) => {
      const [from, to] = toEnd ? [a, last] : over || a <= b ? [a, b] : [b, a];
      const length = to < from ? to - from + last - first + 1 : to - from;
      const step = Math.min(wanted, Math.max(1, length));
      const begin = spelled(from, first, names, how);
      const end = toEnd ? "" : `-${spelled(to, first, names, how)}`;
      return {
        text: step === 1 && !toEnd ? `${begin}${end}` : `${begin}${end}/${step}`,
        entry: { kind: "range", from, to, step },
      };
    });

const lastDay: Arbitrary<Written> = fc.oneof(
  fc.constant<Written>({ text: "L", entry: { kind: "last", before: 0 } }),
  fc.constant<Written>({ text: "lw", entry: { kind: "last workday" } }),
  fc
    .integer({ min: 1, max: 30 })
    .map((before): Written => ({ text: `L-${before}`, entry: { kind: "last", before } })),
);

const near: Arbitrary<Written> = fc
  .integer({ min: 1, max: 31 })
  .map((day) => ({ text: `${day}W`, entry: { kind: "near", day } }));

const nth: Arbitrary<Written> = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 5 }), spelling)
  .map(([weekday, nth, how]) => {
    const name = spelled(weekday, 0, weekdayNames, how);
    return { text: nth === 0 ? `${name}L` : `${name}#${nth}`, entry: { kind: "nth", nth, weekday } };
  });
