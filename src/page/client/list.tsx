import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { sayLength, sayWait } from "../../terminal/text.ts";
import type { PageAction, PageJob, PageRun } from "../model.ts";
import { app, Icon, Live, now, type Sign, sayMoment } from "./format.tsx";
import { act, redraw } from "./main.tsx";

export const isFailing = ({ last, state }: PageJob): boolean =>
  state !== "ended" && state !== "cancelled" && last !== undefined && isFailure(last);

export const isFailure = ({ outcome }: PageRun): boolean =>
  outcome === "failed" || outcome === "timedOut" || outcome === "interrupted";

export const signOf = (run: PageRun): Sign =>
  run.outcome === "succeeded" ? "ok" : isFailure(run) ? "fail" : "skip";

/** How far away a moment is. */
export const Countdown = ({ to }: { readonly to: number }) => (
  <Live text={() => (to > now() ? sayWait(to - now()) : app.words.now)} />
);

/** All jobs by their next run. */
export const JobList = () => {
  const { words, jobs } = app;
  const [wanted, setWanted] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const order = useRef<readonly string[]>([]);
  // Nothing moves away under a finger, a pointer or a focus.
  const isHeld = list.current?.matches(":hover, :focus-within") ?? false;
  const kept = isHeld ? order.current.filter((id) => jobs.has(id)) : [];
  order.current = [...new Set([...kept, ...sorted([...jobs.values()])])];
  const drawn = useDrawn(jobs.size);
  const asked = wanted.trim().toLowerCase();
  const shown = order.current
    .map((id) => jobs.get(id)!)
    .filter(({ name, when }) => `${name} ${when}`.toLowerCase().includes(asked));
  return (
    <section>
      {jobs.size > 8 && (
        <input
          type="search"
          value={wanted}
          placeholder={words.search}
          aria-label={words.search}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      )}
      <div class="row heads" aria-hidden="true">
        <span>{words.job}</span>
        <span>{words.next}</span>
        <span>{words.last}</span>
      </div>
      <ul ref={list} class="jobs" aria-label={words.jobs} onMouseLeave={redraw}>
        {shown.slice(0, drawn).map(rowOf)}
      </ul>
      {shown.length === 0 && <p class="empty">{jobs.size === 0 ? words.noJobs : words.noMatch}</p>}
    </section>
  );
};

/** How many of a thousand rows are drawn: the first screens, and more as the end comes near. A browser that has all of them in memory stops for too long to tidy it. */
export const useDrawn = (size: number): number => {
  const [drawn, setDrawn] = useState(60);
  useEffect(() => {
    if (drawn >= size) return undefined;
    const draw = () => {
      const { scrollHeight } = document.documentElement;
      if (scrollHeight - scrollY - innerHeight < 2_000) setDrawn(drawn + 100);
    };
    const frame = requestAnimationFrame(draw);
    addEventListener("scroll", draw);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", draw);
    };
  }, [drawn, size]);
  return drawn;
};

/** Jobs that run within a minute keep their order among themselves: the list would be moving all the time. */
const sorted = (jobs: readonly PageJob[]): readonly string[] => {
  const soon = now() + 60_000;
  const rank = ({ next, running, state }: PageJob): number =>
    running.length > 0 ? soon : next !== null ? Math.max(next, soon) : state === "paused" ? 8e15 : 9e15;
  return jobs
    .map((job) => [rank(job), job.id] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, id]) => id);
};

/** The row of a job that has not changed is the same object, which preact passes over. Buttons also depend on the connection. */
let rows = new WeakMap<PageJob, VNode>();
let drawnFor = "";
const rowOf = (job: PageJob): VNode => {
  const state = `${app.status} ${app.isStopping}`;
  if (state !== drawnFor) rows = new WeakMap();
  drawnFor = state;
  const row = rows.get(job) ?? <Row key={job.id} job={job} />;
  rows.set(job, row);
  return row;
};

interface OfJob {
  readonly job: PageJob;
}

const Row = ({ job }: OfJob) => {
  const { id, state, last, running, name, when } = job;
  // Where the job stands, as a sign; the words are beside it.
  const sign = running.length > 0 ? "run" : state === "paused" ? "pause" : last ? signOf(last) : "new";
  return (
    <li class={`row ${state}`}>
      <a class="name" href={`#/job/${encodeURIComponent(id)}`}>
        <span class={`state ${running.length > 0 ? "running" : ""}`}>
          <Icon sign={sign} />
        </span>
        <bdi>{name}</bdi>
        <small>{when}</small>
      </a>
      <Next job={job} />
      <Last job={job} />
      <span class="actions">
        <Actions job={job} isShort />
      </span>
    </li>
  );
};

export const Next = ({ job: { next, running, state, until } }: OfJob) => {
  const { words } = app;
  const [since] = running;
  return (
    <span class={`next ${since === undefined ? "" : "running"}`}>
      <span class="unseen">{words.next}: </span>
      {since !== undefined ? (
        <b>
          {words.running} <Live text={() => sayWait(now() - since)} />
        </b>
      ) : next !== null ? (
        <b>
          <Countdown to={next} />
        </b>
      ) : (
        <b class="soft">{words.states[state]}</b>
      )}
      <small>
        {next !== null && <Live text={() => sayMoment(next)} />}
        {next === null && until !== undefined && `${words.until} ${sayMoment(until)}`}
      </small>
    </span>
  );
};

const Last = ({ job: { last } }: OfJob) => {
  const { words } = app;
  if (!last)
    return (
      <span class="last">
        <span class="soft">{words.never}</span>
      </span>
    );
  const { outcome, took = 0, error, late, byHand } = last;
  // What went wrong, in one line.
  const reason = outcome === "failed" && error?.split("\n")[0];
  return (
    <span class={`last ${isFailure(last) ? "failed" : ""}`}>
      <span class="unseen">{words.last}: </span>
      <span class="outcome">
        {reason || words.outcomes[outcome]}
        {outcome === "succeeded" && ` · ${sayLength(took)}`}
      </span>
      <small>
        <Live text={() => sayMoment(last.at)} />
        {late !== undefined && ` · ${sayLength(late)} ${words.late}`}
        {byHand && ` · ${words.byHand}`}
      </small>
    </span>
  );
};

export const Actions = ({ job, isShort = false }: OfJob & { readonly isShort?: boolean }) => {
  const { words, status, isStopping } = app;
  const { id, state, running, name } = job;
  if (state === "ended" || state === "cancelled" || state === "unknown") return null;
  const button = (sign: Sign, text: string, what: Omit<PageAction, "job">) => (
    <button
      type="button"
      key={text}
      class={what.do === "run" ? "main" : ""}
      disabled={status !== "live" || isStopping}
      aria-label={isShort ? `${text}: ${name}` : undefined}
      title={isShort ? text : undefined}
      onClick={() => void act({ job: id, ...what })}
    >
      <Icon sign={sign} />
      {!isShort && text}
    </button>
  );
  const isPaused = state === "paused";
  return (
    <>
      {running.length > 0
        ? button("stop", words.cancel, { do: "cancel" })
        : button("run", words.runNow, { do: "run" })}
      {isPaused
        ? button("resume", words.resume, { do: "resume" })
        : button("pause", words.pause, { do: "pause" })}
      {!isPaused && !isShort && button("pause", words.forAnHour, { do: "pause", until: "hour" })}
      {!isPaused && !isShort && button("pause", words.untilTomorrow, { do: "pause", until: "tomorrow" })}
    </>
  );
};
