import { counted, grouped } from "../terminal/text.ts";
import { day, second } from "../time/plain-time.ts";
import { utc } from "../time/zone.ts";
import { lesson } from "./lesson.ts";

/** Polling beside a heap. */
export const heap = lesson({
  name: "heap",
  title: "From polling to a heap",
  about: "how to wake up only when something is due",
  load: () => import("./scripts/heap.ts"),
  tell({ timers, polling, heap }) {
    const each = (heap.asked / heap.runs).toFixed(1);
    const lanes = [...timers]
      .sort((a, b) => a.every - b.every)
      .map(
        ({ every, runs }) =>
          [`every ${every / 3600} hours`, runs.map((at) => ({ at: new Date(at * second) }))] as const,
      );
    return {
      pictures: [
        { from: new Date(0), to: new Date(day - second), zone: utc, lanes: Object.fromEntries(lanes) },
      ],
      explained: [
        `Both made the same ${counted(heap.runs, "run")}. Polling woke ${grouped(polling.wakeUps)} times and asked ${grouped(polling.asked)} times whether something is due; the heap woke ${grouped(heap.wakeUps)} times and compared ${grouped(heap.asked)} times, ${each} for a run.`,
        `Only the top matters: nothing is due before it, so one timer set for the top is enough for all ${timers.length}, or for a hundred thousand. Each doubling of their number adds one level for a timer to sink through.`,
        `Why not a timing wheel? A wheel puts a timer into the slot of its moment in one step, but it has to turn: one slot a second would be ${grouped(polling.wakeUps)} turns in this day, with nothing in all but ${grouped(heap.wakeUps)} of them. That pays where timers come and go by the hundred thousand, as in a kernel, and most are called off before they are due. Jobs are few and stay, so a heap it is: src/scheduler/heap.ts is the real one, and run() with --debug shows its top.`,
      ],
      question: {
        asked: "You have a thousand times as many jobs. What does one start cost in the heap?",
        choices: [
          {
            text: "a thousand times as many comparisons",
            why: "that is what polling pays, which asks every timer; a timer in a heap meets only those on its way down.",
          },
          {
            text: "a few more comparisons",
            why: "the heap has grown by some levels, one for each doubling, and a timer that sinks meets two others on each.",
            isRight: true,
          },
          {
            text: "nothing more",
            why: "finding the top costs nothing more, but the timer has to sink to a new place, through a deeper heap.",
          },
        ],
      },
    };
  },
});
