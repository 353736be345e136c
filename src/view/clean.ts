/**
 * Text from outside on one line: whatever would move a cursor, start an escape sequence, break the line or turn the direction of the text
 * (Unicode's Bidi_Control) is written out, so that it shows and does nothing.
 */
export const oneLine = (text: string): string => (plain.test(text) ? text : text.replaceAll(unsafe, written));

/** The same for text that may have several lines; a tab becomes two blanks. */
export const manyLines = (text: string): readonly string[] =>
  text.split(/\r\n|\n|\r/).map((line) => oneLine(line.replaceAll("\t", "  ")));

/** JSON as one line that is safe on a terminal too: `JSON.stringify` lets C1 controls and marks of direction through. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(unsafe, (sign) => `\\u${hex(sign, 4)}`);

const plain = /^[\x20-\x7e]*$/;
const unsafe = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const written = (sign: string): string => {
  const code = sign.charCodeAt(0);
  return short[sign] ?? (code < 256 ? `\\x${hex(sign, 2)}` : `\\u${hex(sign, 4)}`);
};

const hex = (sign: string, digits: number): string => sign.charCodeAt(0).toString(16).padStart(digits, "0");
