import type { JobStore } from "../../src/store/store.ts";

/** For controls: a store that records no claim, so that everyone wins, and what was started before the process died starts again. */
export const everyClaimWon = (store: JobStore): JobStore => ({
  isDurable: true,
  open: (opening) => store.open(opening),
  register: (job) => store.register(job),
  claimAll: (claims) => claims.map(() => "won"),
  commit: () => store.commit(),
  orphanedJobs: () => store.orphanedJobs(),
  note: (incident) => store.note(incident),
  incidents: (job) => store.incidents(job),
  otherProcesses: () => store.otherProcesses(),
  pollChanges: () => store.pollChanges(),
  close: () => store.close(),
});
