/** A message is kept up to so many characters: an error that holds a whole response would fill the memory, a hundred times for each job. */
const longestMessage = 2_000;

/** Whether something that was thrown is an error; a proxy may throw when it is asked. */
export const isError = (thrown: unknown): thrown is Error => {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
};

/** A text member of an error, bounded; `""` where it is no text, or throws when it is read. */
export const textOf = (error: Error, member: "name" | "message" | "stack"): string => {
  try {
    const text: unknown = error[member];
    return typeof text !== "string" ? "" : member === "stack" ? text : bounded(text);
  } catch {
    return "";
  }
};

/** What caused an error. */
export const causeOf = (error: Error): unknown => {
  try {
    return error.cause;
  } catch {
    return undefined;
  }
};

const isReadable = (error: Error): boolean => {
  try {
    return `${error.message}` !== undefined;
  } catch {
    return false;
  }
};

/** `"TypeError: …"`. */
export const headlineOf = (error: Error): string => {
  const [name, message] = [textOf(error, "name"), textOf(error, "message")];
  if (!isReadable(error) || (name === "" && message === "")) return "an error that cannot be read";
  return message === "" ? name : `${name || "Error"}: ${message}`;
};

/** What was thrown, in words: anything can be thrown, and some of it cannot even be made text. */
export const inWords = (thrown: unknown): string => {
  try {
    if (!isError(thrown)) return bounded(String(thrown));
    const cause = causeOf(thrown);
    // "fetch failed" says nothing without the reason behind it.
    const why = isError(cause) && textOf(cause, "message");
    return bounded(`${headlineOf(thrown)}${why ? ` (${why})` : ""}`);
  } catch {
    return "something that cannot be told in words";
  }
};

/** A copy: a slice of a text would keep all of it in memory. */
const bounded = (text: string): string =>
  text.length <= longestMessage
    ? text
    : `${Buffer.from(text.slice(0, longestMessage - 1), "utf16le").toString("utf16le")}…`;
