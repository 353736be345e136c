import { useEffect, useState } from "preact/hooks";
import type { PageJobDetails, PageRunDetails } from "../model.ts";
import { app, Code, Icon, Live, now, sayDate, sayLength, sayMoment, sayWait } from "./format.tsx";
import { Actions, isFailure, Next, signOf } from "./list.tsx";

/** One job: its schedule and policies, its next runs, and what became of the last ones. */
export const JobView = ({ id }: { readonly id: string }) => {
  const { words } = app;
  const job = app.jobs.get(id);
  const [details, setDetails] = useState<PageJobDetails>();
  // Asked for again whenever the job has changed, at most a few times a second.
  useEffect(() => {
    const controller = new AbortController();
    const ask = () =>
      fetch(`/job?id=${encodeURIComponent(id)}`, { signal: controller.signal })
        .then((answer) => (answer.ok ? answer.json() : undefined))
        .then((found) => found && setDetails(found as PageJobDetails))
        .catch(() => {});
    const timer = setTimeout(ask, details ? 200 : 0);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [job]);
  if (!job)
    return (
      <section>
        <a class="back" href="#/">
          <Icon sign="back" /> {words.allJobs}
        </a>
        <p class="empty">{words.states.unknown}</p>
      </section>
    );
  return (
    <section class="job">
      <a class="back" href="#/">
        <Icon sign="back" /> {words.allJobs}
      </a>
      <div class="head">
        <div>
          <h2>
            <bdi>{job.name}</bdi>
          </h2>
          <p>{job.when}</p>
        </div>
        <Next job={job} />
      </div>
      <div class="actions">
        <Actions job={job} isShort={false} />
      </div>
      <div class="columns">
        <div>
          <h3>{words.history}</h3>
          {details && details.runs.length === 0 && <p class="empty">{words.noHistory}</p>}
          <ol class="runs">
            {details?.runs.map((run, i) => (
              <Run key={`${run.scheduled} ${run.at}`} run={run} isFirst={i === 0} />
            ))}
          </ol>
        </div>
        <div>
          <h3>{words.nextRuns}</h3>
          {details && details.next.length === 0 && <p class="empty">{words.noNext}</p>}
          <ol class="moments">
            {details?.next.map((at) => (
              <li key={at}>
                <span>{sayDate(at)}</span>
                <Live text={() => (at > now() ? sayWait(at - now()) : words.now)} />
              </li>
            ))}
          </ol>
          <h3>{words.schedule}</h3>
          <dl>
            {details?.facts.map(([head, text]) => (
              <div key={head}>
                <dt>{head}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </div>
      </div>
    </section>
  );
};

const Run = ({ run, isFirst }: { readonly run: PageRunDetails; readonly isFirst: boolean }) => {
  const { words } = app;
  const { why, failure, output, error, took, late, byHand, attempts, count } = run;
  const notes = [
    ...(took === undefined ? [] : [sayLength(took)]),
    ...(late === undefined ? [] : [`${sayLength(late)} ${words.late}`]),
    ...(byHand ? [words.byHand] : []),
    ...(attempts === undefined ? [] : [`${attempts} ${words.attempts}`]),
    ...(count === undefined ? [] : [`${count} ${words.runs}`]),
  ];
  const line = (
    <>
      <Icon sign={signOf(run)} />
      <time dateTime={new Date(run.at).toISOString()}>{sayMoment(run.at)}</time>
      <span class="outcome">{words.outcomes[run.outcome]}</span>
      <span class="notes">{notes.join(" · ")}</span>
    </>
  );
  const lines = failure ?? (error === undefined ? undefined : [error]);
  const kind = isFailure(run) ? "past failed" : "past";
  return (
    <li class={kind}>
      <details open={isFirst && isFailure(run)}>
        <summary>{line}</summary>
        <p class="why">{why}</p>
        {lines && <Code class="failure" text={lines.join("\n")} />}
        {output && (
          <>
            <h4>{words.output}</h4>
            <Code class="output" text={output} />
          </>
        )}
      </details>
    </li>
  );
};
