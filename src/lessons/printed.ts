import { format } from "node:util";

/** Does something, and keeps what it prints with `console.log` meanwhile. */
export const printed = async <T>(
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly lines: readonly string[] }> => {
  const { log } = console;
  const lines: string[] = [];
  console.log = (...words: unknown[]) => void lines.push(...format(...words).split("\n"));
  try {
    return { result: await act(), lines };
  } finally {
    console.log = log;
  }
};
