import { checkOptions, type PagePlace, readLimit, readPage, wholeUpTo } from "../checks.ts";
import { commands, type Verb, verbs } from "../commands/registry.ts";
import { distance, nearest, ScheduleError } from "../errors.ts";
import { movingWarnings, unfinishedWarnings } from "../report/start-warnings.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import { keepHeld, keepOutput, leadConsole, printHeld, takeHeld } from "../scheduler/output.ts";
import { type StorageOptions, storageOptionNames } from "../scheduler/persistence.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { ignoresHangup, onSignals, type StopSignal, shareListener } from "../scheduler/signals.ts";
import { type Loop, usualGrace } from "../scheduler/timer.ts";
import { isLive } from "../terminal/style.ts";
import { languages, readLanguageFlag, texts } from "../text/text.ts";
import { systemClock } from "../time/clock.ts";
import type { DurationLike } from "../time/duration.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import { systemZone, systemZoneTrouble } from "../time/zone.ts";
import type { DisplayOptions, LogOptions, View } from "./log.ts";

/** Options of `run()`. */
export interface RunOptions extends StorageOptions {
  /**
   * A file in which what happens is written down as lines, beside the screen: `run({ log: "jobs.log" })`. At 5 MB it is put aside as `jobs.log.1`, and five
   * such files are kept, unless `{ file, size, keep }` says otherwise.
   */
  readonly log?: string | LogOptions;
  /**
   * Puts what `.env` in the current folder says, where it is there, into `process.env`; what is set already stays. A path names another file,
   * which must be there. @default false
   */
  readonly env?: boolean | string;
  /**
   * Decides a little before each start and waits out what is left, so that it is on the dot: most starts within 0.1 ms, where timers are one to two
   * late. It costs one to two milliseconds of CPU each, more on a machine whose timers are later, ten at most. @default false
   */
  readonly precise?: boolean;
  /** How long to wait for running tasks after Ctrl-C. @default "30 seconds" */
  readonly grace?: DurationLike;
  /**
   * Whether the script is a command line too: `npx tsx myjobs.ts list`, `next`, `run backup`, `explain`, `simulate`, `history`, `pause`, `resume`,
   * `reset`.
   * A first argument that is none of its commands or flags, all that follows it, and all that follows `--` belong to the script. @default true
   */
  readonly cli?: boolean;
  /** Flags of the script's own, `["--really"]`, which it reads itself. Any other unknown flag is rejected, before a job is started. @default none */
  readonly flags?: readonly string[];
  /** Shows each run of frequent jobs, not only their number. @default whether the script was called with `--verbose` */
  readonly verbose?: boolean;
  /** Shows before each sleep what the scheduler waits for, and how long. @default whether the script was called with `--debug` */
  readonly debug?: boolean;
  /** Writes events as one JSON object a line, and what jobs print as `output` events among them. @default whether the script was called with `--json`, or with `LOG_FORMAT=json` */
  readonly json?: boolean;
  /**
   * Shows the jobs live on a page, where they can also be run, paused and resumed: at a free port of this machine, or at `8080`. The terminal shows its address, which
   * contains a secret; where there is no terminal, a `token` of one's own opens it. A `host` that others can reach needs one too. `open` opens the browser.
   *
   * @default whether the script was called with `--page` or `--open`
   */
  readonly page?: boolean | number | PageOptions;
  /** Whether the screen listens to the keys `h l r p q`; a script that reads its own keyboard is left alone. @default true */
  readonly keys?: boolean;
}

/** Where a page is served. */
export interface PageOptions {
  /** @default any free one */
  readonly port?: number | undefined;
  /** @default "127.0.0.1", which only this machine reaches */
  readonly host?: string | undefined;
  /** At least 16 characters, which open the page: `/?token=…`. @default a new one at each start */
  readonly token?: string | undefined;
  /** Opens the page in the browser. @default false */
  readonly open?: boolean | undefined;
}

export const runOptionNames = Object.keys({
  ...storageOptionNames,
  log: 1,
  env: 1,
  precise: 1,
  grace: 1,
  cli: 1,
  flags: 1,
  verbose: 1,
  debug: 1,
  json: 1,
  page: 1,
  keys: 1,
} satisfies Record<keyof RunOptions, 1>);

/**
 * Runs a script's jobs until it is stopped, or until no job is left and nothing else keeps the process alive: shows them, sleeps until the next run, and
 * drains on SIGINT, SIGTERM and SIGHUP (exit code 0; 1 when the store could not keep everything; 130 when a second signal gives up waiting). Called with one of the script's commands, it does that instead and ends the process.
 */
export const runScheduler = async (
  scheduler: SchedulerCore,
  loop: Loop,
  options: RunOptions = {},
): Promise<void> => {
  checkOptions("run(…)", options, runOptionNames);
  keepHeld();
  const log = readLog(options.log);
  const ownPage = readPage(options.page);
  const grace = readLimit(options.grace ?? usualGrace, "grace", 0);
  loadEnvironment(options.env ?? false);
  const called: Called =
    options.cli === false
      ? { kind: "run", flags: new Set() }
      : readCall(readLanguageFlag(process.argv.slice(2)).rest, checkFlags(options.flags));
  if (called.kind === "slip") refuseSlip(called);
  const asked = called.kind === "command" ? called : undefined;
  const flags = called.kind === "run" ? called.flags : new Set();
  const allowMultiple = options.allowMultiple ?? flags.has("--allow-multiple");
  if (options.engine !== undefined) scheduler.useEngine(options.engine);
  if (options.store !== undefined)
    scheduler.useStore(options.store, asked ? { isReadOnly: true } : { allowMultiple });
  if (asked) return obey(asked.verb, asked.rest, scheduler);
  const isDebugging = options.debug ?? flags.has("--debug");
  const isVerbose = options.verbose ?? flags.has("--verbose");
  const hasToOpen = flags.has("--open");
  const page = options.page === undefined ? readPage(flags.has("--page") || hasToOpen) : ownPage;
  const screen = show(
    scheduler,
    {
      isJson: options.json ?? (flags.has("--json") || process.env.LOG_FORMAT === "json"),
      isVerbose,
      isCommandLine: options.cli !== false,
      hasKeys: options.keys !== false,
    },
    log,
    page && { ...page, open: page.open || hasToOpen },
  );
  const zoneWarning = scheduler.zone === systemZone() ? systemZoneTrouble() : undefined;
  if (zoneWarning) scheduler.events.emit("warning", { message: zoneWarning });
  await new Promise<void>((resolve, reject) => {
    let isEnding = false;
    let isSignalled = false;
    const isReal = scheduler.clock === systemClock;
    const waitsForOthers = isReal && tellsBeforeExit;
    const unlisten = [
      // Real time: with no job left it waits until nothing else keeps the process alive, for a job may still come.
      waitsForOthers
        ? shareListener(process, "beforeExit", endIfOver)
        : scheduler.events.listen("removed", () => void scheduler.runner.untilIdle().then(endIfOver)),
      scheduler.events.listen("stopping", () => {
        isEnding = true;
      }),
      scheduler.events.listen("stopped", () => void screen.isOpen.then(end)),
      onSignals(scheduler.clock, { stop, abandon }, ignoresHangup()),
      // A reader that has seen enough (`… | head -3`) ends the script quietly; a terminal that is gone (SIGHUP says so) and a full disk are no reason to end.
      shareListener(process.stdout, "error", ({ code }: NodeJS.ErrnoException) => {
        if (code === "EPIPE") stop("SIGTERM", grace);
      }),
      shareListener(process.stderr, "error", () => {}),
    ];
    scheduler.onFailure = (error) => {
      isEnding = true;
      for (const off of unlisten) off();
      loop.stop();
      void screen.isOpen.then(() => {
        screen.close();
        reject(error);
      });
    };
    if (waitsForOthers) unlisten.push(explainWaiting(scheduler));
    function begin(): void {
      if (!isEnding) loop.start(options.precise, isDebugging);
    }
    function endIfOver(): void {
      if (scheduler.hasJobs || isEnding) return;
      isEnding = true;
      if (scheduler.engine) void scheduler.engine.stop().then(close);
      else close();
    }
    function close(): void {
      scheduler.closeStore();
      scheduler.events.emit("stopped", { abandoned: [] });
    }
    function stop(signal: StopSignal, limit: Milliseconds): void {
      if (isSignalled) return;
      isSignalled = true;
      const drained = loop.drain(Math.min(grace, limit) as Milliseconds);
      void Promise.all([drained, screen.isOpen]).then(([hasEnded]) => {
        screen.close();
        process.exit(hasEnded ? Number(!scheduler.persistence.isKept) : codeOf(signal));
      });
    }
    function abandon(signal: StopSignal): void {
      scheduler.events.emit("stopped", { abandoned: scheduler.running() });
      screen.close();
      process.exit(codeOf(signal));
    }
    function end(): void {
      if (isSignalled) return;
      for (const off of unlisten) off();
      loop.stop();
      screen.close();
      resolve();
    }
    // The screen is there before the first job writes on it; the clock of a test waits for nobody.
    if (!isReal) begin();
    // Jobs that are registered after run() in the same turn are shown too.
    void screen.isOpen.then(() => {
      for (const message of [...unfinishedWarnings(scheduler), ...movingWarnings(scheduler)])
        scheduler.warn(message);
      begin();
    });
  });
};

/** @throws ScheduleError `options` */
const readLog = (given: RunOptions["log"]): LogOptions | undefined => {
  if (given === undefined) return undefined;
  const log = typeof given === "string" ? { file: given } : given;
  checkOptions("run({ log })", log, ["file", "size", "keep"]);
  const { file, size = 1, keep = 1 } = log;
  if (typeof file !== "string" || file.trim() === "") {
    const accepted = texts().reports.logFile;
    throw new ScheduleError({ code: "options", what: "run({ log })", given: file, accepted });
  }
  wholeUpTo(Number.MAX_SAFE_INTEGER, size, "options", "run({ log: { size } })");
  wholeUpTo(1_000, keep, "options", "run({ log: { keep } })");
  return log;
};

/** Shows a run from now on. The views are loaded here, because only scripts need them; what happens until then is kept for them. */
const show = (
  scheduler: SchedulerCore,
  displayOptions: DisplayOptions,
  log: LogOptions | undefined,
  place: PagePlace | undefined,
) => {
  const early: (readonly [SchedulerEvent, Instant])[] = [];
  const views: View[] = [];
  const unlisten = scheduler.events.listenToAll((event) => {
    const at = scheduler.clock.now();
    if (views.length === 0) early.push([event, at]);
    for (const view of views) view.show(event, at);
  });
  const isOpen = Promise.all([
    import("./screen.ts"),
    log && import("./log.ts"),
    place && openPage(scheduler, place, displayOptions),
  ]).then(([screens, logs, page]) => {
    leadConsole();
    const printed = takeHeld();
    views.push(screens.viewFor(scheduler, { ...displayOptions, page: page?.address }));
    if (page) views.push(page.view);
    if (log && logs) views.push(logs.logFileView(scheduler, log, displayOptions.isVerbose));
    for (const view of views) view.open();
    for (const chunk of printed) process.stdout.write(chunk);
    for (const [event, at] of early) for (const view of views) view.show(event, at);
    keepOutput(scheduler);
  });
  return {
    /** Resolves when what has happened so far is on the screen. */
    isOpen,
    close() {
      unlisten();
      // What was put over a stream last is taken away first.
      for (const view of views.toReversed()) view.close();
    },
  };
};

/** Serves the page, where somebody can open it. */
const openPage = async (
  scheduler: SchedulerCore,
  place: PagePlace,
  { isJson }: DisplayOptions,
): Promise<{ readonly view: View; readonly address: string } | undefined> => {
  const words = texts().page;
  const isShown = !isJson && isLive(process.stdout, process.env);
  if (scheduler.engine) scheduler.warn(words.useEngine);
  else if (!isShown && place.token === undefined && !place.open) scheduler.warn(words.noTerminal);
  else {
    const { Page } = await import("../page/page.ts");
    const view = new Page(scheduler, place, [process.stdout, process.stderr]);
    const address = await view.listen();
    if (address !== undefined) return { view, address };
  }
  return undefined;
};

/** Bun and Deno emit no `beforeExit` while a script waits in `await run()`: there it ends when no job is left. */
const tellsBeforeExit = !("bun" in process.versions || "deno" in process.versions);

/** Warns when all jobs have finished and something else keeps the process alive. On a busy machine, a process may need some time to end: while it works, it is not idle. */
const explainWaiting = (scheduler: SchedulerCore): (() => void) => {
  const { clock } = scheduler;
  let cancel: (() => void) | undefined;
  const wait = () => {
    const before = process.cpuUsage();
    cancel = clock.wakeAt(
      later(clock.now(), (2 * second) as Milliseconds),
      () => {
        const { user, system } = process.cpuUsage(before);
        cancel = undefined;
        if (!scheduler.isOver) return;
        if (user + system > idleUse) wait();
        else scheduler.warn(texts().reports.stillAlive);
      },
      false,
    );
  };
  const off = scheduler.events.listen("removed", () => {
    if (!scheduler.hasJobs && !cancel) wait();
  });
  return () => {
    off();
    cancel?.();
  };
};

/** So many microseconds of CPU in two seconds are those of a process that only waits. */
const idleUse = 50_000;

/** As a shell gives it: 128 and the number of the signal. Tasks that outlast SIGTERM end as those that outlast Ctrl-C. */
const codeOf = (signal: StopSignal): number => (signal === "SIGHUP" ? 129 : 130);

/** Ends the process, exit code 2. */
const refuseSlip = ({ given, nearest }: Extract<Called, { kind: "slip" }>): never => {
  const isFlag = given.startsWith("-");
  const words = texts().reports;
  const quoted = JSON.stringify(given);
  const unknown = isFlag ? words.unknownFlag(quoted) : words.unknownCommand(quoted);
  const meant =
    nearest === undefined ? words.helpLists : nearest === "" ? words.startsJobs : words.meant(nearest);
  process.stderr.write(`  ${unknown}${meant}\n  ${isFlag ? words.ownFlag(quoted) : words.ownWord}\n`);
  process.exit(2);
};

/** @throws ScheduleError `options` */
const checkFlags = (given: readonly string[] = []): readonly string[] => {
  const isList = Array.isArray(given);
  const wrong = isList
    ? given.find((flag) => typeof flag !== "string" || !/^--?[^\s=-][^\s=]*$/.test(flag))
    : given;
  if (isList && wrong === undefined) return given;
  throw new ScheduleError({
    code: "options",
    what: "run({ flags })",
    given: wrong,
    accepted: texts().reports.flagList,
  });
};

/**
 * Puts what a file such as `.env` says into `process.env`; what is there already stays.
 *
 * @param which `true`: `.env` in the current folder, where there is one · a path: that file, which must be there
 * @throws ScheduleError `env`
 */
export const loadEnvironment = (which: boolean | string): void => {
  if (which === false) return;
  const path = which === true ? ".env" : which;
  // Not imported, for an import is loaded at every start.
  if (process.getBuiltinModule("node:fs").existsSync(path)) process.loadEnvFile(path);
  else if (which !== true)
    throw new ScheduleError({
      code: "env",
      what: "run({ env })",
      given: path,
      accepted: texts().tasks.existingFile,
    });
};

/** Runs a command, and ends the process when its output is written. */
const obey = async (verb: Verb, args: readonly string[], scheduler: SchedulerCore): Promise<never> => {
  printHeld(args.includes("--json") ? process.stderr : process.stdout);
  // A reader such as `head` that has seen enough is no mistake.
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(Number(code !== "EPIPE")));
  try {
    if (verb !== "help") await scheduler.engine?.visit();
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    process.stderr.write(`  ${error.message}\n`);
    process.exit(2);
  }
  const code = await (await commands[verb]())({
    scheduler,
    args,
    output: process.stdout,
    errors: process.stderr,
  });
  await scheduler.events.settled();
  await scheduler.engine?.stop();
  scheduler.closeStore();
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((go) => stream.write("", go))),
  );
  process.exit(code);
};

/** Flags of every script that runs its jobs. */
const ownFlags = ["--verbose", "--json", "--debug", "--allow-multiple", "--page", "--open"] as const;

/** What people type first at any program. */
const calls = ["--help", "-h"];

/** Words of other programs, and the commands that do the same here. */
const others: Readonly<Record<string, string>> = {
  ls: "list",
  jobs: "list",
  status: "list",
  log: "history",
  logs: "history",
  stop: "pause",
  continue: "resume",
  restart: "reset",
  preview: "next",
  version: "npx onthedot --version",
  // No word: that starts the jobs.
  start: "",
};

/** What a script was called to do. */
type Called =
  | { readonly kind: "run"; readonly flags: ReadonlySet<string> }
  | { readonly kind: "command"; readonly verb: Verb; readonly rest: readonly string[] }
  /** A script that is started by a typo would run its jobs. */
  | { readonly kind: "slip"; readonly given: string; readonly nearest: string | undefined };

/**
 * Reads the arguments of a script: flags first, then a command. Another first word, what follows it, and what follows `--` belong to the script itself.
 *
 * @param declared flags of the script's own, as `"--really"`; one may also be given a value, `--folder=photos`
 */
export const readCall = (args: readonly string[], declared: readonly string[] = []): Called => {
  const known = [...ownFlags, ...declared];
  const isNotDeclared = (arg: string) => !declared.includes(nameOf(arg, declared));
  const end = args.findIndex((arg) => !known.includes(nameOf(arg, declared)));
  const flags = args.slice(0, end < 0 ? args.length : end);
  const [given, ...rest] = args.slice(flags.length);
  const runs: Called = { kind: "run", flags: new Set(flags) };
  const slip = (nearest: string | undefined): Called => ({ kind: "slip", given: given!, nearest });
  if (given === undefined || given === "--" || given === "") return runs;
  if (calls.includes(given)) return { kind: "command", verb: "help", rest };
  const verb = verbs.find((word) => word === given);
  if (verb) return { kind: "command", verb, rest: [...flags, ...rest].filter(isNotDeclared) };
  if (Object.hasOwn(texts().commands.packageUsages, given)) return slip(`npx onthedot ${given}`);
  if (/^--lang(?:=|$)/.test(given)) return slip(languages.map((one) => `--lang ${one}`).join(" / "));
  if (/^--version$|^-V$/.test(given)) return slip(others.version);
  if (given.startsWith("-")) return slip(nearest(given, [...known, "--lang", "--help"]));
  const meant = rest.length === 0 ? meantBy(given) : undefined;
  return meant === undefined ? runs : slip(meant);
};

/** `--folder` of `--folder=photos`, where the script has declared that. */
const nameOf = (arg: string, declared: readonly string[]): string => {
  const [name = ""] = arg.split("=");
  return declared.includes(name) ? name : arg;
};

/** What a word alone was most likely meant to be. */
const meantBy = (given: string): string | undefined => {
  const word = given.toLowerCase();
  if (Object.hasOwn(others, word)) return others[word];
  return verbs.find((verb) => verb.length >= 4 && distance(word, verb) <= 1);
};
