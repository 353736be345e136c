import { compile } from "../recurrence/next/compile.ts";
import { daySetsOf, withoutExceptions } from "../recurrence/reanchor.ts";
import type { DaySet } from "../recurrence/recurrence.ts";
import { currentLanguage, texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { parseDate } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";
import { resolveWall, type WallTime } from "../time/zone.ts";
import type { Entry } from "./job.ts";

/** How long before its data ends a job warns. */
const warnsBefore = 60 * day;

/** The named days of a job whose data ends first. */
const firstToEnd = ({ recurrence }: Entry): Required<DaySet> | undefined => {
  const covered = daySetsOf(recurrence).filter((set): set is Required<DaySet> => set.covers !== undefined);
  return covered.sort((a, b) => (a.covers.to < b.covers.to ? -1 : 1))[0];
};

/** When to warn that the data of a job's named days ends soon, and how. */
export const coverageWarning = (
  entry: Entry,
): { readonly at: Instant; readonly message: string } | undefined => {
  const set = firstToEnd(entry);
  if (!set) return undefined;
  const end = resolveWall(entry.zone, ((parseDate(set.covers.to) + 1) * day) as WallTime);
  const { name, covers, source } = set;
  return {
    at: (end - warnsBefore) as Instant,
    message: texts().calendar.endsSoon(entry.name, name[currentLanguage()], covers.to, source),
  };
};

/** Why a job that is not over has no next run: the data of its named days has ended. */
export const whyUncovered = (entry: Entry, now: Instant): string | undefined => {
  const set = entry.left > 0 ? firstToEnd(entry) : undefined;
  if (!set || compile(withoutExceptions(entry.recurrence), entry).next(now) === null) return undefined;
  return texts().calendar.ended(set.name[currentLanguage()], set.covers.to, set.source);
};
