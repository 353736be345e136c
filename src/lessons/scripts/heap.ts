// What is due next? Two ways to know it, over one day of seconds.
const day = 24 * 3600;
export const timers = [2, 3, 4, 6, 8, 12].map((hours) => {
  const every = hours * 3600;
  return { every, due: every, runs: [] as number[] };
});

// Polling: wake every second, ask every timer.
export const polling = { wakeUps: 0, asked: 0, runs: 0 };
for (let now = 1; now <= day; now++) {
  polling.wakeUps++;
  polling.asked += timers.length;
  polling.runs += timers.filter(({ every }) => now % every === 0).length;
}

// A heap: none is due before its parent, the one at (i - 1) / 2. So the
// first is on top: sleep until it is due, then let it sink to its place.
export const heap = { wakeUps: 0, asked: 0, runs: 0 };
const sink = (i: number): void => {
  let first = i;
  const last = Math.min(2 * i + 2, timers.length - 1);
  for (let child = 2 * i + 1; child <= last; child++) {
    heap.asked++;
    if (timers[child]!.due < timers[first]!.due) first = child;
  }
  [timers[i], timers[first]] = [timers[first]!, timers[i]!];
  if (first !== i) sink(first);
};
for (let top = timers[0]!, now = top.due; now <= day; now = top.due) {
  heap.wakeUps++;
  for (; top.due === now; sink(0), top = timers[0]!) {
    heap.runs++;
    top.runs.push(now);
    top.due += top.every;
  }
}
console.log("polling", polling, "\nheap   ", heap);
