import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest } from "../nearest.ts";
import { oneLine } from "../terminal/text.ts";
import { UsageError } from "./command.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** What `parseArgs` finds. */
type Read<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/** Reads arguments as `parseArgs` does. @throws UsageError with the nearest option, and how the command is called */
export const readArguments = <T extends Options>(
  args: readonly string[],
  options: T,
  { usage, most }: { readonly usage: string; readonly most: number },
): Read<T> => {
  try {
    const read = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    if (read.positionals.length <= most) return read;
    throw new UsageError(
      `What is ${JSON.stringify(oneLine(read.positionals[most]!))} for?`,
      `usage: ${usage}`,
    );
  } catch (error) {
    if (error instanceof UsageError || !isArgumentError(error)) throw error;
    const [said = ""] = oneLine(error.message).split(". ");
    const wrong = /'--([^'\s=]+)/.exec(error.message)?.[1];
    const near = wrong === undefined ? undefined : nearest(wrong, Object.keys(options));
    throw new UsageError(
      `${said}.${near === undefined ? "" : ` Did you mean --${near}?`}`,
      `usage: ${usage}`,
    );
  }
};

/** A whole number from 1 up. @throws UsageError */
export const readCount = (text: string | undefined, usual: number, what: string): number => {
  if (text === undefined) return usual;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= mostCounted) return count;
  throw new UsageError(
    `${what} is a whole number from 1 to ${mostCounted}, not ${JSON.stringify(oneLine(text))}.`,
  );
};

const mostCounted = 10_000;

const isArgumentError = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
