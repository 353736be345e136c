import { render } from "preact";
import type { PageAction, PagePatch, PageState } from "../model.ts";
import { type App, app, sayMoment, setApp, startTicking } from "./format.tsx";
import { JobView } from "./job.tsx";
import { Countdown, isFailing, JobList } from "./list.tsx";
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

/** For a screen reader. */
let announced = "";

/** What the script answers is shown by what changes; a refusal is announced. */
export const act = async (action: PageAction): Promise<void> => {
  const headers = { "Content-Type": "application/json" };
  const request = fetch("/act", { method: "POST", headers, body: JSON.stringify(action) });
  // A connection that is lost says so itself.
  const answer = await request.catch(() => undefined);
  if (answer?.status !== 409) return;
  announced = ((await answer.json()) as { error: string }).error;
  redraw();
};

const merge = (patch: PagePatch): void => {
  app.skew = patch.now - Date.now();
  for (const id of patch.gone) app.jobs.delete(id);
  for (const job of patch.jobs) {
    const before = app.jobs.get(job.id);
    app.jobs.set(job.id, job);
    if (isFailing(job) && before?.last?.at !== job.last?.at)
      announced = `${job.name}: ${app.words.outcomes[job.last!.outcome]}`;
  }
  if (patch.log.length > 0) app.log = [...app.log, ...patch.log].slice(-500);
  app.isStopping = patch.isStopping;
  if (patch.end === undefined) return;
  app.end = patch.end;
  app.status = "ended";
};

const connect = (): void => {
  const source = new EventSource("/events");
  const on = (event: "state" | "patch", take: (data: never) => void) =>
    source.addEventListener(event, ({ data }) => {
      take(JSON.parse(data) as never);
      redraw();
    });
  on("state", ({ jobs, ...state }: PageState) => {
    const isFirst = !app;
    const skew = state.now - Date.now();
    setApp({ ...state, jobs: new Map(jobs.map((job) => [job.id, job])), status: "live", skew });
    document.documentElement.lang = app.language;
    if (isFirst) startTicking();
  });
  on("patch", merge);
  source.addEventListener("error", async () => {
    source.close();
    const status = await fetch("/").then(
      (answer) => answer.status,
      () => 0,
    );
    // The script was restarted with another secret: only its new address helps.
    const next = status === 401 ? "signIn" : status === 0 && app?.status !== "ended" ? "lost" : undefined;
    if (app && next) app.status = next;
    redraw();
    if (next !== "signIn") setTimeout(connect, 1_000);
  });
};

const Whole = () => {
  const { words, script, zone, since } = app;
  const [, view = "", id = ""] = /^#\/?(\w*)\/?(.*)$/.exec(location.hash) ?? [];
  const failing = [...app.jobs.values()].filter(isFailing).length;
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
        {view === "job" && <JobView key={id} id={decodeURIComponent(id)} />}
        {view === "timeline" && <Timeline />}
        {view === "log" && <Log />}
        {!["job", "timeline", "log"].includes(view) && <JobList />}
      </main>
      <p class="unseen" role="status">
        {announced}
      </p>
    </>
  );
};

const Connection = () => {
  const { words, end } = app;
  const status: App["status"] | "stopping" =
    app.status === "live" && app.isStopping ? "stopping" : app.status;
  return (
    <p class={`connection ${status}`} role="status">
      <i aria-hidden="true" />
      {status === "ended" ? `${words.ended}: ${end}` : words[status]}
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
  const counts = [
    ["running", jobs.filter((job) => job.running.length > 0).length],
    ["failing", failing],
    ["paused", jobs.filter((job) => job.state === "paused").length],
  ] as const;
  return (
    <section class="summary" aria-label={words.next}>
      <div class="upcoming">
        <span class="label">{words.next}</span>
        <span class="big">{next ? <Countdown to={next.next!} /> : words.none}</span>
        <bdi class="what">{next?.name ?? " "}</bdi>
      </div>
      {counts.map(([name, count]) => (
        <div key={name} class={`count ${name}${count > 0 ? "" : " zero"}`}>
          <span class="label">{words[name]}</span>
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
