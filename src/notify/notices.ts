import type { Job } from "../job.ts";
import type { EventStream } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";
import type { Outlets } from "./notify.ts";

/** Sends pings and notifications and holds off sleep for all jobs that ask for it. The code that does is loaded when the first such job is registered. */
export const sendNotices = (events: EventStream, outlets?: Outlets): void => {
  const unlisten = events.listen("registered", ({ job }) => {
    if (!asks(job)) return;
    unlisten();
    const isLoaded = import("./notify.ts").then(({ notifier }) => notifier(events, outlets));
    events.listenToAll((event) =>
      "job" in event.data && asks(event.data.job) ? isLoaded.then((notify) => notify(event)) : undefined,
    );
  });
};

const asks = (job: Job): boolean => {
  const definition = entryOf(job)?.definition;
  return definition?.notices !== undefined || definition?.keepsAwake === true;
};
