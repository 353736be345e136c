import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { cron, listen, run } from "onthedot";
import { chromium } from "playwright-core";

/**
 * What the page costs a script with 1,000 jobs and 200 events a second, and whether it still answers:
 *
 *     npx tsx test/page/load.ts            five pairs of a minute in turn, then five minutes for the heap
 *     npx tsx test/page/load.ts --short    one pair of ten seconds, then a minute for the heap
 *
 * It prints the 99th percentile of lateness and the CPU with and without the page, the heap after collection, and how long the page takes from a click to the next
 * frame. Only the figures of an idle machine say anything.
 */
const { values } = parseArgs({
  options: { short: { type: "boolean" }, child: { type: "string" }, port: { type: "string" } },
});
const token = "a-token-for-the-load";

/** The script itself: in each second a tenth of the jobs. */
const script = (): void => {
  const late: number[] = [];
  let before = process.cpuUsage();
  for (let i = 0; i < 1_000; i++)
    cron(`${i % 10}-59/10 * * * * *`)
      .named(`job ${i}`)
      .do(({ scheduled }) => {
        late.push(performance.timeOrigin + performance.now() - scheduled.getTime());
      });
  const off = listen("started", () => {
    off();
    process.send!("up");
  });
  process.on("message", (what) => {
    if (what === "start") {
      late.length = 0;
      before = process.cpuUsage();
    }
    if (what === "cpu") {
      const { user, system } = process.cpuUsage(before);
      process.send!((user + system) / 1_000);
    }
    if (what === "heap") {
      globalThis.gc!();
      process.send!(process.memoryUsage().heapUsed / 2 ** 20);
    }
    if (what === "late") process.send!(late.sort((a, b) => a - b)[Math.floor(late.length * 0.99)]);
  });
  void run({ cli: false, ...(values.port && { page: { port: Number(values.port), token } }) });
};

const ask = async (child: ChildProcess, what: string): Promise<number> => {
  child.send(what);
  return (await once(child, "message"))[0] as number;
};

const sleep = (seconds: number): Promise<void> => new Promise((go) => setTimeout(go, seconds * 1_000));

/** From a click to the frame that shows another view. */
const clicks = `(async () => {
  const times = [];
  for (let i = 0; i < 20; i++) {
    const began = performance.now();
    document.querySelector("nav a:nth-child(" + (i % 2 ? 1 : 3) + ")").click();
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    times.push(performance.now() - began);
    await new Promise((go) => setTimeout(go, 200));
  }
  return Math.max(...times);
})()`;

const measure = async (hasPage: boolean, seconds: number, samples = 0, apart = 60) => {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const child = fork(import.meta.filename, ["--child", "yes", ...(hasPage ? ["--port", String(port)] : [])], {
    execArgv: ["--import", "tsx", "--expose-gc"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(child, "message");
  const browser = hasPage
    ? await chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: ["--no-sandbox"],
      })
    : undefined;
  const page = await browser?.newPage();
  await page?.goto(`http://127.0.0.1:${port}/?token=${token}`);
  await page?.locator(".jobs .row").nth(59).waitFor({ state: "attached" });
  await sleep(2);
  child.send("start");
  await sleep(seconds);
  const late = await ask(child, "late");
  const cpu = (await ask(child, "cpu")) / seconds;
  const slowestClick = (await page?.evaluate(clicks)) as number | undefined;
  const heap = [];
  for (let i = 0; i < samples; i++) {
    await sleep(apart);
    heap.push(await ask(child, "heap"));
  }
  await browser?.close();
  child.kill("SIGKILL");
  return { late, cpu, slowestClick, heap };
};

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!;

const main = async (): Promise<void> => {
  const [pairs, seconds] = values.short ? [1, 10] : [5, 60];
  const [without, beside]: [number[], number[]] = [[], []];
  for (let i = 0; i < pairs; i++) {
    const bare = await measure(false, seconds);
    const shown = await measure(true, seconds);
    without.push(bare.late);
    beside.push(shown.late);
    const sides = [bare, shown].map(
      ({ late, cpu }) => `${late.toFixed(1)} ms late, ${cpu.toFixed(0)} ms CPU a second`,
    );
    console.log(
      `without: ${sides[0]}; with: ${sides[1]}; slowest click ${shown.slowestClick!.toFixed(0)} ms`,
    );
  }
  console.log(`p99 with the page is ${(median(beside) / median(without)).toFixed(2)} times that without`);
  const { heap } = await measure(true, 1, values.short ? 3 : 5, values.short ? 20 : 60);
  console.log(`heap, one sample after the other: ${heap.map((it) => it.toFixed(1)).join(", ")} MB`);
};

if (values.child) script();
else void main();
