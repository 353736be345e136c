import { longest } from "../../time/duration.ts";
import type { Milliseconds } from "../../time/instant.ts";
import { parseTime, type TimeNumber } from "../../time/plain-time.ts";
import { anchorTime, dailyWindow, fields, grid, timeList } from "../combine.ts";
import type { DailyWindow, Times } from "../recurrence.ts";
import {
  ifThere,
  type Place,
  readKind,
  readList,
  readObject,
  readText,
  readWhole,
  readWord,
} from "./plain-data.ts";

/** Reads times of a day that came from outside. */
export const readTimes = (place: Place): Times => {
  switch (readKind(place, ["anchor", "list", "grid", "fields"])) {
    case "anchor":
      readObject(place, ["kind"]);
      return anchorTime;
    case "list":
      return timeList(readList(readObject(place, ["kind", "at"])("at"), readTime));
    case "grid": {
      const part = readObject(place, ["kind", "every", "windows?"]);
      const every = readWhole(part("every"), 1, longest) as Milliseconds;
      return grid(
        every,
        ifThere(part("windows"), (place) => readList(place, readWindow)),
      );
    }
    case "fields": {
      const part = readObject(place, ["kind", "hours?", "minutes?", "seconds?", "follows"]);
      return fields({
        hours: ifThere(part("hours"), numbersUpTo(23)),
        minutes: ifThere(part("minutes"), numbersUpTo(59)),
        seconds: ifThere(part("seconds"), numbersUpTo(59)),
        follows: readWord(part("follows"), ["elapsed", "wall"]),
      });
    }
  }
};

export const readWindow = (place: Place): DailyWindow => {
  const part = readObject(place, ["from", "to"]);
  return dailyWindow(readTime(part("from")), readTime(part("to")));
};

export const readTime = (place: Place): TimeNumber =>
  readText(place, parseTime, '"HH:MM" or "HH:MM:SS", from 00:00 to 23:59:59');

const numbersUpTo = (most: number) => (place: Place) => readList(place, (entry) => readWhole(entry, 0, most));
