import { createScheduler } from "onthedot";

const { every, run, stop } = createScheduler();
const job = every().hour.worker(new URL("./heavy.ts", import.meta.url), 10);
void job.run().then((value) => {
  console.log(value);
  // Nothing but an idle thread is left, and it keeps no process alive.
});
void [run, stop];
