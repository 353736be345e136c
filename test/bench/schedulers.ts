import type * as Onthedot from "onthedot";

/** How a package is asked to run something; what is missing it cannot do. */
export interface Contender {
  readonly hourly?: (task: () => void) => void;
  readonly at?: (moment: number, task: () => void) => void;
  readonly everySecond?: (task: () => void) => void;
  /** Starts the scheduler, where registering does not. */
  readonly start?: () => void;
  /** Runs what is due, once. */
  readonly poll?: () => unknown;
}

/** Half an hour away from now, so that no hourly job is due while something is measured. */
const quietMinute = (new Date().getUTCMinutes() + 30) % 60;
const hourlyCron = `${quietMinute} * * * *`;

/** Every contender that runs jobs. Each is measured in a process of its own, so it loads only when asked for. */
export const contenders: Readonly<Record<string, () => Promise<Contender>>> = {
  "bare objects, one timer": async () => {
    const due: number[] = [];
    const tasks: (() => void)[] = [];
    const runAll = () => {
      for (const task of tasks) task();
    };
    return {
      hourly(task) {
        due.push(Date.now() + 3_600_000);
        if (tasks.push(task) === 1) setTimeout(runAll, 3_600_000);
      },
      at(moment, task) {
        if (tasks.push(task) === 1) setTimeout(runAll, moment - Date.now());
      },
    };
  },
  "bare setTimeout each": async () => ({
    hourly: (task) => void setTimeout(task, 3_600_000),
    at: (moment, task) => void setTimeout(task, moment - Date.now()),
    everySecond(task) {
      const again = () => {
        setTimeout(again, 1_000 - (Date.now() % 1_000));
        task();
      };
      setTimeout(again, 1_000 - (Date.now() % 1_000));
    },
  }),
  "bare setTimeout and spin": async () => ({
    everySecond(task) {
      const wait = (at: number) =>
        setTimeout(
          () => {
            while (Date.now() < at);
            wait(at + 1_000);
            task();
          },
          at - 2 - Date.now(),
        );
      wait(Math.ceil(Date.now() / 1_000 + 1) * 1_000);
    },
  }),
  onthedot: () => ours({}),
  "onthedot, precise": () => ours({ precise: true }),
  croner: async () => {
    const { Cron } = await import("croner");
    return {
      hourly: (task) => void new Cron(hourlyCron, { timezone: "UTC" }, task),
      at: (moment, task) => void new Cron(new Date(moment).toISOString(), task),
      everySecond: (task) => void new Cron("* * * * * *", { timezone: "UTC" }, task),
    };
  },
  "node-cron": async () => {
    const { schedule } = await import("node-cron");
    return {
      hourly: (task) => void schedule(hourlyCron, task),
      at(moment, task) {
        const date = new Date(moment);
        const fields = [date.getUTCSeconds(), date.getUTCMinutes(), date.getUTCHours(), date.getUTCDate()];
        schedule(`${fields.join(" ")} ${date.getUTCMonth() + 1} *`, task, {
          timezone: "UTC",
          maxExecutions: 1,
        });
      },
      everySecond: (task) => void schedule("* * * * * *", task),
    };
  },
  cron: async () => {
    const { CronJob } = await import("cron");
    return {
      hourly: (task) => void new CronJob(`0 ${hourlyCron}`, task, null, true),
      at: (moment, task) => void new CronJob(new Date(moment), task, null, true),
      everySecond: (task) => void new CronJob("* * * * * *", task, null, true),
    };
  },
  "node-schedule": async () => {
    const { scheduleJob } = await import("node-schedule");
    return {
      hourly: (task) => void scheduleJob(hourlyCron, task),
      at: (moment, task) => void scheduleJob(new Date(moment), task),
      everySecond: (task) => void scheduleJob("* * * * * *", task),
    };
  },
  later: async () => {
    const { default: later } = await import("@breejs/later");
    return {
      hourly: (task) => void later.setInterval(task, later.parse.cron(hourlyCron)),
      at: (moment, task) => void later.setTimeout(task, later.parse.recur().on(new Date(moment)).fullDate()),
      everySecond: (task) => void later.setInterval(task, later.parse.cron("* * * * * *", true)),
    };
  },
  "toad-scheduler": async () => {
    const { SimpleIntervalJob, Task, ToadScheduler } = await import("toad-scheduler");
    const scheduler = new ToadScheduler();
    let count = 0;
    const add = (seconds: number, task: () => void) => {
      const id = String(count++);
      scheduler.addSimpleIntervalJob(new SimpleIntervalJob({ seconds }, new Task(id, task), { id }));
    };
    return { hourly: (task) => add(3_600, task), everySecond: (task) => add(1, task) };
  },
};

const ours = async (options: Parameters<Onthedot.Scheduler["start"]>[0]): Promise<Contender> => {
  const { createScheduler } = await import("onthedot");
  const { every, once, cron, start, runPending } = createScheduler({ zone: "UTC" });
  return {
    hourly: (task) => void every(1).hour.do(task),
    at: (moment, task) => void once(moment).do(task),
    everySecond: (task) => void cron("* * * * * *").do(task),
    start: () => start(options),
    poll: () => runPending(),
  };
};
