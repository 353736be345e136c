import { useEffect, useState } from "preact/hooks";
import { sayLength } from "../../terminal/text.ts";
import type { PageJobDetails } from "../model.ts";
import { app, Code, Icon, sayDate, sayMoment } from "./format.tsx";
import { Actions, Countdown, isFailure, Next, signOf } from "./list.tsx";

/** One job: its schedule and policies, its next runs, and its last ones. */
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
  return (
    <section class="job">
      <a class="back" href="#/">
        <Icon sign="back" /> {words.allJobs}
      </a>
      {job ? (
        <>
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
            <Actions job={job} />
          </div>
        </>
      ) : (
        <p class="empty">{words.states.unknown}</p>
      )}
      {job && details && <Details {...details} />}
    </section>
  );
};

const Details = ({ runs, next, facts }: PageJobDetails) => {
  const { words } = app;
  return (
    <div class="columns">
      <div>
        <h3>{words.history}</h3>
        {runs.length === 0 && <p class="empty">{words.noHistory}</p>}
        <ol class="runs">
          {runs.map((run, i) => (
            <Run key={`${run.scheduled} ${run.at}`} run={run} isFirst={i === 0} />
          ))}
        </ol>
      </div>
      <div>
        <h3>{words.nextRuns}</h3>
        {next.length === 0 && <p class="empty">{words.noNext}</p>}
        <ol class="moments">
          {next.map((at) => (
            <li key={at}>
              <span>{sayDate(at)}</span>
              <Countdown to={at} />
            </li>
          ))}
        </ol>
        <h3>{words.schedule}</h3>
        <dl>
          {facts.map(([head, text]) => (
            <div key={head}>
              <dt>{head}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
};

const Run = ({
  run,
  isFirst,
}: {
  readonly run: PageJobDetails["runs"][number];
  readonly isFirst: boolean;
}) => {
  const { words } = app;
  const { why, error, failure = error === undefined ? [] : [error], output } = run;
  const notes = [
    run.took !== undefined && sayLength(run.took),
    run.late !== undefined && `${sayLength(run.late)} ${words.late}`,
    run.byHand && words.byHand,
    run.attempts !== undefined && `${run.attempts} ${words.attempts}`,
    run.count !== undefined && `${run.count} ${words.runs}`,
  ];
  return (
    <li class={isFailure(run) ? "past failed" : "past"}>
      <details open={isFirst && isFailure(run)}>
        <summary>
          <Icon sign={signOf(run)} />
          <time dateTime={new Date(run.at).toISOString()}>{sayMoment(run.at)}</time>
          <span class="outcome">{words.outcomes[run.outcome]}</span>
          <span class="notes">{notes.filter(Boolean).join(" · ")}</span>
        </summary>
        <p class="why">{why}</p>
        {failure.length > 0 && <Code class="failure" text={failure.join("\n")} />}
        {output && <h4>{words.output}</h4>}
        {output && <Code class="output" text={output} />}
      </details>
    </li>
  );
};
