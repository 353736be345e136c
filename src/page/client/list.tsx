import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PageJob, PageRun } from "../model.ts";
import { app, Icon, Live, now, type Sign, sayLength, sayMoment, sayWait } from "./format.tsx";
import { act, redraw } from "./main.tsx";

export const isFailing = ({ last, state }: PageJob): boolean =>
  state !== "ended" && state !== "cancelled" && last !== undefined && isFailure(last);

export const isFailure = ({ outcome }: PageRun): boolean =>
  outcome === "failed" || outcome === "timedOut" || outcome === "interrupted";

export const signOf = (run: PageRun): Sign =>
  run.outcome === "succeeded" ? "ok" : isFailure(run) ? "fail" : "skip";

/** All jobs by their next run. */
export const JobList = () => {
  const { words, jobs } = app;
  const [wanted, setWanted] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const order = useRef<readonly string[]>([]);
  // Nothing moves away under a finger, a pointer or a focus.
  const isHeld = list.current?.matches(":hover, :focus-within") ?? false;
  order.current = isHeld
    ? [
        ...order.current.filter((id) => jobs.has(id)),
        ...[...jobs.keys()].filter((id) => !order.current.includes(id)),
      ]
    : sorted([...jobs.values()]);
  // The first screen at once, and the rest of a thousand jobs in the frames after it.
  const [drawn, setDrawn] = useState(60);
  useEffect(() => {
    if (drawn >= jobs.size) return undefined;
    const frame = requestAnimationFrame(() => setDrawn(drawn + 100));
    return () => cancelAnimationFrame(frame);
  });
  const asked = wanted.trim().toLowerCase();
  const shown = order.current
    .map((id) => jobs.get(id)!)
    .filter(({ name, when }) => asked === "" || `${name} ${when}`.toLowerCase().includes(asked));
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

/** Jobs that run within a minute keep their order among themselves: the list would be moving all the time. */
const sorted = (jobs: readonly PageJob[]): readonly string[] => {
  const soon = now() + 60_000;
  const rank = ({ next, running, state }: PageJob): number =>
    running.length > 0 ? soon : next !== null ? Math.max(next, soon) : state === "paused" ? 8e15 : 9e15;
  return jobs
    .map((job, i) => [rank(job), i, job.id] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map(([, , id]) => id);
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

const Row = ({ job }: { readonly job: PageJob }) => (
  <li class={`row ${job.state}`}>
    <a class="name" href={`#/job/${encodeURIComponent(job.id)}`}>
      <State job={job} />
      <bdi>{job.name}</bdi>
      <small>{job.when}</small>
    </a>
    <Next job={job} />
    <Last job={job} />
    <span class="actions">
      <Actions job={job} isShort />
    </span>
  </li>
);

/** Where a job stands, as a sign; the words are in its row. */
const State = ({ job }: { readonly job: PageJob }) => {
  const sign =
    job.running.length > 0 ? "run" : job.state === "paused" ? "pause" : job.last ? signOf(job.last) : "new";
  return (
    <span class={`state ${job.running.length > 0 ? "running" : ""}`}>
      <Icon sign={sign} />
    </span>
  );
};

export const Next = ({ job }: { readonly job: PageJob }) => {
  const { words } = app;
  const { next, running, state, until } = job;
  const since = running[0];
  return (
    <span class={`next ${since === undefined ? "" : "running"}`}>
      <span class="unseen">{words.next}: </span>
      {since !== undefined ? (
        <b>
          {words.running} <Live text={() => sayWait(now() - since)} />
        </b>
      ) : next !== null ? (
        <b>
          <Live text={() => (next > now() ? sayWait(next - now()) : words.now)} />
        </b>
      ) : (
        <b class="soft">{words.states[state]}</b>
      )}
      <small>
        {next !== null ? (
          <Live text={() => sayMoment(next)} />
        ) : until !== undefined ? (
          `${words.until} ${sayMoment(until)}`
        ) : (
          ""
        )}
      </small>
    </span>
  );
};

const Last = ({ job: { last } }: { readonly job: PageJob }) => {
  const { words } = app;
  if (!last)
    return (
      <span class="last">
        <span class="soft">{words.never}</span>
      </span>
    );
  return (
    <span class={`last ${isFailure(last) ? "failed" : ""}`}>
      <span class="unseen">{words.last}: </span>
      <span class="outcome">{outcomeOf(last)}</span>
      <small>
        <Live text={() => sayMoment(last.at)} />
        {last.late !== undefined && ` · ${sayLength(last.late)} ${words.late}`}
        {last.byHand && ` · ${words.byHand}`}
      </small>
    </span>
  );
};

/** `"1.8s"`; what went wrong, in one line. */
const outcomeOf = ({ outcome, took, error }: PageRun): string => {
  const { words } = app;
  if (outcome === "succeeded") return `${words.outcomes.succeeded} · ${sayLength(took ?? 0)}`;
  if (outcome === "failed" && error !== undefined) return error.split("\n")[0]!;
  return words.outcomes[outcome];
};

export const Actions = ({ job, isShort }: { readonly job: PageJob; readonly isShort: boolean }) => {
  const { words, status, isStopping } = app;
  const { id, state, running, name } = job;
  if (state === "ended" || state === "cancelled" || state === "unknown") return null;
  const isOff = status !== "live" || isStopping;
  const button = (sign: Sign, text: string, onClick: () => void, kind = "") => (
    <button
      type="button"
      key={text}
      class={kind}
      disabled={isOff}
      aria-label={isShort ? `${text}: ${name}` : undefined}
      title={isShort ? text : undefined}
      onClick={onClick}
    >
      <Icon sign={sign} />
      {!isShort && text}
    </button>
  );
  return (
    <>
      {running.length > 0
        ? button("stop", words.cancel, () => void act({ job: id, do: "cancel" }))
        : button("run", words.runNow, () => void act({ job: id, do: "run" }), "main")}
      {state === "paused"
        ? button("resume", words.resume, () => void act({ job: id, do: "resume" }))
        : button("pause", words.pause, () => void act({ job: id, do: "pause" }))}
      {state !== "paused" &&
        !isShort && [
          button("pause", words.forAnHour, () => void act({ job: id, do: "pause", until: "hour" })),
          button("pause", words.untilTomorrow, () => void act({ job: id, do: "pause", until: "tomorrow" })),
        ]}
    </>
  );
};
