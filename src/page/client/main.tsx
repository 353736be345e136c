import { render } from "preact";
import type { PageAction, PagePatch, PageState } from "../model.ts";
import { type App, app, Live, now, sayMoment, sayWait, setApp, startTicking } from "./format.tsx";
import { JobView } from "./job.tsx";
import { isFailing, JobList } from "./list.tsx";
import { Log, Timeline } from "./views.tsx";

const root = document.getElementById("page")!;
let isPlanned = false;

/** However much happens, once a frame. */
export const redraw = (): void => {
  if (isPlanned) return;
  isPlanned = true;
  requestAnimationFrame(() => {
    isPlanned = false;
    if (app) render(<Whole />, root);
  });
};

let announced = "";
/** For a screen reader. */
const say = (text: string): void => {
  announced = text;
  redraw();
};

/** What the script answers is shown by what changes; a refusal is announced. */
export const act = async (action: PageAction): Promise<void> => {
  try {
    const answer = await fetch("/act", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(action),
    });
    if (answer.status === 409) say(((await answer.json()) as { error: string }).error);
  } catch {
    // The connection says so itself.
  }
};

const merge = (patch: PagePatch): void => {
  app.skew = patch.now - Date.now();
  for (const id of patch.gone) app.jobs.delete(id);
  for (const job of patch.jobs) {
    const before = app.jobs.get(job.id);
    app.jobs.set(job.id, job);
    if (isFailing(job) && before?.last?.at !== job.last?.at)
      say(`${job.name}: ${app.words.outcomes[job.last!.outcome]}`);
  }
  if (patch.log.length > 0) app.log = [...app.log, ...patch.log].slice(-500);
};

const setStatus = (status: App["status"]): void => {
  if (app) app.status = status;
  redraw();
};

const connect = (): void => {
  const source = new EventSource("/events");
  const again = (wait: number): void => {
    source.close();
    setTimeout(connect, wait);
  };
  source.addEventListener("state", ({ data }) => {
    const { jobs, ...state } = JSON.parse(data) as PageState;
    const isFirst = !app;
    setApp({
      ...state,
      jobs: new Map(jobs.map((job) => [job.id, job])),
      status: "live",
      isStopping: false,
      skew: state.now - Date.now(),
    });
    document.documentElement.lang = app.language;
    if (isFirst) startTicking();
    redraw();
  });
  source.addEventListener("patch", ({ data }) => {
    const patch = JSON.parse(data) as PagePatch;
    merge(patch);
    if (patch.isStopping) app.isStopping = true;
    if (patch.end !== undefined) {
      app.end = patch.end;
      app.status = "ended";
      again(2_000);
    }
    redraw();
  });
  source.addEventListener("error", () => {
    source.close();
    void fetch("/", { method: "GET" }).then(
      ({ status }) => {
        // The script was started again with another secret.
        if (status === 401) return setStatus("signIn");
        again(1_000);
      },
      () => {
        if (app?.status !== "ended") setStatus("lost");
        again(1_000);
      },
    );
  });
};

const Whole = () => {
  const { words, script, zone, since } = app;
  const [, view = "", id = ""] = /^#\/?(\w*)\/?(.*)$/.exec(location.hash) ?? [];
  const jobs = [...app.jobs.values()];
  const failing = jobs.filter(isFailing).length;
  document.title = failing > 0 ? `(${failing}) ${script}` : script;
  const tabs = [
    ["", words.jobs],
    ["timeline", words.timeline],
    ["log", words.log],
  ] as const;
  return (
    <>
      <header>
        <div class="title">
          <h1>{script}</h1>
          <p>
            {zone.label} · {words.started} {sayMoment(since)}
          </p>
        </div>
        <Connection />
      </header>
      <Summary failing={failing} />
      <nav aria-label={script}>
        {tabs.map(([name, text]) => (
          <a
            key={name}
            href={`#/${name}`}
            aria-current={view === name || (name === "" && view === "job") ? "page" : undefined}
          >
            {text}
          </a>
        ))}
      </nav>
      <main>
        {view === "job" ? (
          <JobView key={id} id={decodeURIComponent(id)} />
        ) : view === "timeline" ? (
          <Timeline />
        ) : view === "log" ? (
          <Log />
        ) : (
          <JobList />
        )}
      </main>
      <p class="unseen" role="status">
        {announced}
      </p>
    </>
  );
};

const Connection = () => {
  const { words, status, isStopping } = app;
  const text =
    status === "ended"
      ? `${words.ended}: ${app.end}`
      : status === "signIn" || status === "lost"
        ? words[status]
        : isStopping
          ? words.stopping
          : words[status === "live" ? "live" : "connecting"];
  return (
    <p class={`connection ${isStopping && status === "live" ? "stopping" : status}`} role="status">
      <i aria-hidden="true" />
      {text}
    </p>
  );
};

/** What comes next, and how the script is. */
const Summary = ({ failing }: { readonly failing: number }) => {
  const { words } = app;
  const jobs = [...app.jobs.values()];
  const next = jobs.reduce<PageState["jobs"][number] | undefined>(
    (first, job) => (job.next !== null && job.next < (first?.next ?? Infinity) ? job : first),
    undefined,
  );
  const running = jobs.filter((job) => job.running.length > 0).length;
  const paused = jobs.filter((job) => job.state === "paused").length;
  return (
    <section class="summary" aria-label={words.next}>
      <div class="upcoming">
        <span class="label">{words.next}</span>
        <span class="big">
          {next ? (
            <Live text={() => (next.next! > now() ? sayWait(next.next! - now()) : words.now)} />
          ) : (
            words.none
          )}
        </span>
        <bdi class="what">{next?.name ?? " "}</bdi>
      </div>
      {(
        [
          [running, words.running, "running"],
          [failing, words.failing, "failing"],
          [paused, words.paused, "paused"],
        ] as const
      ).map(([count, text, name]) => (
        <div key={name} class={`count ${name}${count > 0 ? "" : " zero"}`}>
          <span class="label">{text}</span>
          <span class="big">{count}</span>
        </div>
      ))}
    </section>
  );
};

addEventListener("hashchange", () => {
  scrollTo(0, 0);
  redraw();
});
connect();
