/** A day in milliseconds. */
export const day = 86_400_000;

/** `"1 job"`, `"6 jobs"`, `"120,960 runs"`. */
export const count = (n: number, thing: string, things = `${thing}s`): string =>
  `${number(n)} ${n === 1 ? thing : things}`;

/** A whole number, its thousands apart: `"86,400"`. */
export const number = (n: number): string => String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");

/** A text in quotes, with its escapes. */
export const quote = (text: string): string => JSON.stringify(text);

/** How a command is called, and what it does. */
export const usage = (call: string, summary: string): readonly [call: string, summary: string] => [
  call,
  summary,
];
