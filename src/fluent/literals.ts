type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type Sixty = `${0 | 1 | 2 | 3 | 4 | 5}${Digit}`;
type Hour = `${0 | 1}${Digit}` | `2${0 | 1 | 2 | 3}`;

/** Digits and colons, whether or not they are a time. */
type Digits = "" | `${number}` | `:${number}` | `${number}:${number}` | `${number}:${number}:${number}`;

/**
 * `S` when it is a written time of day, else what to write instead. What is not made of digits and colons (`"9am"`, `"noon"`)
 * passes and is read as language when it runs; so does a plain `string`.
 *
 * The parts are looked at one by one: the list of all 86,400 times of a day would cost the compiler half a minute.
 */
export type TimeOfDay<S extends string> = string extends S
  ? S
  : S extends `${infer H}:${infer Rest}`
    ? H extends Hour
      ? IsMinutes<Rest> extends true
        ? S
        : Unlike<S, "HH:MM or HH:MM:SS, from 00:00 to 23:59:59">
      : H extends `${Digit}`
        ? IsMinutes<Rest> extends true
          ? S
          : Unlike<S, "HH:MM or HH:MM:SS, from 00:00 to 23:59:59">
        : Unlike<S, "HH:MM or HH:MM:SS, from 00:00 to 23:59:59">
    : S extends Hour | `${Digit}`
      ? S
      : Unlike<S, "HH:MM or HH:MM:SS, from 00:00 to 23:59:59">;

/** `S` when it is a minute, or minute and second, of the hour, else what to write instead. */
export type TimeOfHour<S extends string> = string extends S
  ? S
  : S extends `:${infer M}`
    ? M extends Sixty
      ? S
      : Unlike<S, '":MM" or "MM:SS", the minute and second of the hour'>
    : IsPair<S> extends true
      ? S
      : Unlike<S, '":MM" or "MM:SS", the minute and second of the hour'>;

/** `S` when it is a second of the minute, else what to write instead. */
export type TimeOfMinute<S extends string> = string extends S
  ? S
  : S extends `:${infer Second}`
    ? Second extends Sixty
      ? S
      : Unlike<S, '":SS", the second of the minute'>
    : Unlike<S, '":SS", the second of the minute'>;

/** `MM` or `MM:SS`. */
type IsMinutes<S extends string> = S extends Sixty ? true : IsPair<S>;

/** `00:00` to `59:59`. */
type IsPair<S extends string> = S extends `${infer A}:${infer B}`
  ? A extends Sixty
    ? B extends Sixty
      ? true
      : false
    : false
  : false;

/** What to write, for digits and colons that are no time; other text is left to the language. */
type Unlike<S extends string, Text extends string> = S extends Digits ? Text : S;

/** `N` when it is a whole number from 1 up, else what to write instead. A plain `number` passes and is checked when it runs. */
export type Whole<N extends number> = number extends N
  ? N
  : `${N}` extends "0" | `-${string}` | `${string}.${string}` | `${string}e${string}`
    ? "a whole number from 1 up, as in every(5)"
    : N;

/** Each of `D` when it can be a day of the month, else what to write instead. */
export type MonthDays<D extends readonly (number | string)[]> = { [I in keyof D]: MonthDay<D[I]> };

type MonthDay<D extends number | string> = D extends string
  ? D
  : number extends D
    ? D
    : `${D}` extends `${Exclude<Digit, 0>}` | `${1 | 2}${Digit}` | "30" | "31"
      ? D
      : '1 to 31; from the end: .on("last day")';
