import { ScheduleError } from "../errors.ts";
import { type Spoken, spokenText } from "./spoken.ts";

/** A word stands where it means nothing; the error says what to write instead. */
export const refused = (before: Spoken, word: string, accepted: string): ScheduleError =>
  new ScheduleError({ code: "word", what: `.${word} after ${spokenText(before)}`, accepted });
