import { counted } from "../terminal/text.ts";
import { second } from "../time/plain-time.ts";
import { utc } from "../time/zone.ts";
import { lesson } from "./lesson.ts";
import { strokesOf } from "./picture.ts";

/** A loop that sleeps beside a beat. */
export const drift = lesson({
  name: "drift",
  title: "Drift",
  about: "why a loop falls behind, and a beat does not",
  load: () => import("./scripts/drift.ts"),
  tell({ looped, job, late }) {
    const history = job.history();
    const [last, beats] = [looped.length, history.length];
    const [one] = history;
    const took = (one!.ended!.getTime() - one!.started!.getTime()) / second;
    return {
      pictures: [
        {
          from: new Date("2026-11-23T09:00:00Z"),
          to: new Date("2026-11-23T09:02:00Z"),
          zone: utc,
          lanes: {
            "while and sleep": looped.map((at) => ({ at })),
            [job.name]: strokesOf(history).map(({ at }) => ({ at })),
          },
        },
      ],
      explained: [
        `The loop sleeps, works and sleeps again, so each turn takes the sleep and the work together. By run ${last} it is ${late(looped.at(-1), last)} s behind, and every turn adds ${counted(took, "second")}: that is drift.`,
        `every(10).seconds counts from where it began: run n is due at the beginning plus n times ten seconds, however long the work takes. By run ${beats} it is ${late(history.at(-1)!.started, beats)} s behind. Where the pause between two runs matters, and not the beat, say .fixedDelay(): that drifts on purpose.`,
      ],
      question: {
        asked: "The work becomes slower, but stays shorter than the ten seconds. What does that change?",
        choices: [
          {
            text: "both drift faster",
            why: "the beat has an anchor: the length of the work is not in its sum.",
          },
          {
            text: "only the loop drifts faster",
            why: "its turn is the sleep plus the work, while the beat only counts tens of seconds from its anchor.",
            isRight: true,
          },
          {
            text: "neither does",
            why: "the loop begins its next sleep when the work has ended, so all of the work is added.",
          },
        ],
      },
    };
  },
});
