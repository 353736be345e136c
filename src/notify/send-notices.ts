import type { EventStream, SchedulerEvent } from "../scheduler/events.ts";
import { noticesOf } from "./notices.ts";

/** Pings watchers and tells people, for all jobs that want it. What does so is loaded when the first of them is registered. */
export const sendNotices = (events: EventStream): void => {
  const unlisten = events.listen("registered", ({ job }) => {
    if (!noticesOf(job)) return;
    unlisten();
    const isLoaded = load(events);
    events.listenToAll((event) => (isWanted(event) ? isLoaded.then((tell) => tell(event)) : undefined));
  });
};

const isWanted = ({ data }: SchedulerEvent): boolean => "job" in data && noticesOf(data.job) !== undefined;

const load = async (events: EventStream): Promise<(event: SchedulerEvent) => Promise<unknown>> => {
  const [{ pinger }, { notifier }] = await Promise.all([import("./ping.ts"), import("./notify.ts")]);
  const tellers = [pinger(events), notifier(events)];
  return (event) => Promise.all(tellers.map((tell) => tell(event)));
};
