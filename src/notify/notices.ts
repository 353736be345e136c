import type { Job } from "../job.ts";
import type { EventStream, SchedulerEvent } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";

/** Holds off sleep for jobs that ask for it. The code that does is loaded when the first such job is registered. */
export const holdOffSleep = (events: EventStream): void => {
  const unlisten = events.listen("registered", ({ job }) => {
    if (!entryOf(job)?.definition.keepsAwake) return;
    unlisten();
    void import("./awake.ts").then(({ keepAwake }) => keepAwake(events));
  });
};

/** Sends pings and notifications for all jobs that ask for them. The code that does is loaded when the first such job is registered. */
export const sendNotices = (events: EventStream): void => {
  const unlisten = events.listen("registered", ({ job }) => {
    if (!hasNotices(job)) return;
    unlisten();
    const isLoaded = load(events);
    events.listenToAll((event) => (isWanted(event) ? isLoaded.then((send) => send(event)) : undefined));
  });
};

const isWanted = ({ data }: SchedulerEvent): boolean => "job" in data && hasNotices(data.job);

const load = async (events: EventStream): Promise<(event: SchedulerEvent) => Promise<unknown>> => {
  const [{ pinger }, { notifier }] = await Promise.all([import("./ping.ts"), import("./notify.ts")]);
  const senders = [pinger(events), notifier(events)];
  return (event) => Promise.all(senders.map((send) => send(event)));
};

const hasNotices = (job: Job): boolean => entryOf(job)?.definition.notices !== undefined;
