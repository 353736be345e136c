// You will see, after 12 seconds, how often two programs wake up for the same 1,000 jobs: one polls, the other knows what is next.
import { setTimeout as sleep } from "node:timers/promises";
import { createScheduler } from "onthedot";

const polled = createScheduler();
const planned = createScheduler();
let runs = 0;
function count() {
  runs++;
}

for (const { every } of [polled, planned]) {
  for (let i = 0; i < 500; i++) {
    every(4).seconds.aligned().do(count);
    every(6).seconds.aligned().do(count);
  }
}

const end = new Date(Date.now() + 12_000);

async function polling() {
  let wakeUps = 0;
  for (; new Date() < end; wakeUps++) {
    await sleep(100);
    await polled.runPending();
  }
  console.log(`looking every 100 ms:    ${wakeUps} wake-ups`);
}

async function planning() {
  let wakeUps = 0;
  for (let next = planned.nextRun(); next && next <= end; next = planned.nextRun()) {
    await sleep(next.getTime() - Date.now());
    wakeUps++;
    await planned.runPending();
  }
  console.log(`sleeping until the next: ${wakeUps} wake-ups`);
}

// The jobs lie in a heap: a tree in which no job is due before the one above it. The one on top is the next, found as
// fast among a thousand as among three, so one timer serves all. That is how run() sleeps.
Promise.all([polling(), planning()]).then(() => console.log(`${runs} runs, half of them by each`));

// It prints, in 13 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> sleeping until the next: 4 wake-ups
//=> looking every 100 ms:    120 wake-ups
//=> 5000 runs, half of them by each
