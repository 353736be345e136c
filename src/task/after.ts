import { systemClock } from "../time/clock.ts";
import { later, type Milliseconds } from "../time/instant.ts";

/** Resolves after a length of real time: programs and threads take no notice of a virtual clock. */
export const after = (length: Milliseconds): Promise<void> => atMost(length, new Promise(() => {}));

/** Resolves when a promise does, and after a length of real time at the latest. */
export const atMost = (length: Milliseconds, promise: Promise<unknown>): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = systemClock.wakeAt(later(systemClock.now(), length), resolve);
    promise.then(() => resolve(), reject).finally(cancel);
  });
