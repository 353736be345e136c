import { type ComponentChildren, render } from "preact";
import { playgroundTexts } from "../../text/playground.ts";
import { currentLanguage, type Language, texts, useLanguage } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { mod } from "../../time/plain-date.ts";
import { day, formatTime, hour, minute } from "../../time/plain-time.ts";
import { wallAt, type Zone, zoneNamed, zoneNames } from "../../time/zone.ts";
import { type Mark, nights, type Race, raceIn, systems, wantedIn } from "../race.ts";
import { readingOf } from "../reading.ts";

const isChinese = navigator.language.startsWith("zh");

/** All that somebody has chosen. */
const chosen = {
  language: (isChinese ? "zh" : "en") as Language,
  given: isChinese ? playgroundTexts("zh").examples[0]! : "every weekday at 9am",
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  now: Date.now() as Instant,
  job: "hourly" as "hourly" | "daily",
  night: "forward" as keyof typeof nights,
  takes: 20,
  sleeps: 6,
};

const choose = (change: Partial<typeof chosen>): void => {
  Object.assign(chosen, change);
  useLanguage(chosen.language);
  document.documentElement.lang = chosen.language;
  render(<Playground />, document.getElementById("page")!);
};

const words = () => playgroundTexts(currentLanguage());

/** Keeps the last result: a slider of the race must not read the schedule again. */
const remembered = <Given extends readonly unknown[], T>(make: (...given: Given) => T) => {
  let last: { readonly given: Given; readonly made: T } | undefined;
  return (...given: Given): T => {
    if (!last?.given.every((one, i) => one === given[i])) last = { given, made: make(...given) };
    return last!.made;
  };
};

const read = remembered((text: string, zone: string, now: Instant, _: Language) => {
  try {
    return readingOf(text, zoneNamed(zone), now);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
});

const sayDay = (zone: string, at: number): string =>
  new Date(at).toLocaleDateString(currentLanguage() === "zh" ? "zh-CN" : "en-GB", {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  });
const sayWall = (wall: number): string => formatTime(mod(wall, day));
const sayTime = (zone: Zone, at: number): string => sayWall(wallAt(zone, at as Instant));

const Playground = () => (
  <>
    <header>
      <h1>{words().title}</h1>
      <fieldset class="languages" aria-label={words().language}>
        {(["en", "zh"] as const).map((language) => (
          <button
            type="button"
            aria-pressed={language === chosen.language}
            onClick={() => choose({ language })}
            key={language}
            lang={language}
          >
            {language === "en" ? "English" : "中文"}
          </button>
        ))}
      </fieldset>
    </header>
    <Schedule />
    <TheRace />
  </>
);

const Schedule = () => {
  const text = words();
  const { given, zone, now, language } = chosen;
  const reading = read(given, zone, now, language);
  return (
    <section aria-labelledby="schedule">
      <h2 id="schedule">{text.scheduleTitle}</h2>
      <Field label={text.prompt}>
        <input
          id="given"
          value={given}
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => choose({ given: currentTarget.value })}
        />
      </Field>
      <div class="chips">
        {text.examples.map((one) => (
          <button type="button" onClick={() => choose({ given: one })} key={one}>
            {one}
          </button>
        ))}
        <Field label={text.zone} class="zone">
          <Select
            value={zone}
            values={[...new Set([zone, "UTC", ...zoneNames()])]}
            say={(one) => one}
            set={(zone) => choose({ zone })}
          />
        </Field>
      </div>
      {reading instanceof Error ? (
        <pre class="error" role="alert">
          {reading.message}
        </pre>
      ) : (
        <Read {...reading} />
      )}
    </section>
  );
};

const Read = ({ meaning, next, year, nights }: Exclude<ReturnType<typeof read>, Error>) => {
  const text = words();
  const { language, zone } = chosen;
  const other = language === "en" ? "zh" : "en";
  return (
    <div class="read" aria-live="polite">
      <p class="meaning" lang={language}>
        {meaning[language]}
      </p>
      <p class="other" lang={other}>
        {meaning[other]}
      </p>
      <div class="columns">
        <div>
          <h3>{text.next}</h3>
          <ol class="moments">
            {next.map((at) => (
              <li key={at}>
                <span>{sayDay(zone, at)}</span> <b>{sayTime(zoneNamed(zone), at)}</b>
              </li>
            ))}
            {next.length === 0 && <li>{text.never}</li>}
          </ol>
        </div>
        <div>
          <h3>{text.year}</h3>
          <Year counts={year} />
          <h3>{text.nights}</h3>
          <ul class="nights">
            {nights.slice(0, 4).map(({ change, fate, wall, runsAt = 0 }, i) => (
              <li key={i}>
                <span>{sayDay(zone, change.at)}</span>{" "}
                {texts().clockChanges[fate](sayWall(wall), 1, sayWall(runsAt))}
              </li>
            ))}
            {nights.length === 0 && <li>{text.noNights}</li>}
          </ul>
        </div>
      </div>
    </div>
  );
};

/** A column for each week, Monday on top; the darker, the more often. */
const Year = ({ counts }: { readonly counts: readonly number[] }) => {
  const { zone, now } = chosen;
  const lead = mod(Math.floor(wallAt(zoneNamed(zone), now) / day) + 3, 7);
  const most = Math.max(1, ...counts);
  const total = counts.slice(0, 365).reduce((sum, count) => sum + count, 0);
  return (
    <svg class="year" viewBox="0 0 540 74" role="img" aria-label={words().dots(total)}>
      {counts.slice(0, 54 * 7 - lead).map((count, i) => {
        const level = count === 0 ? 0 : 1 + Math.min(2, Math.floor((3 * (count - 1)) / most));
        const [week, weekday] = [Math.floor((i + lead) / 7), (i + lead) % 7];
        return (
          <circle
            class={`level${level}`}
            cx={week * 10 + 5}
            cy={weekday * 10 + 7}
            r={level ? 3.6 : 1.6}
            key={i}
          >
            <title>{`${sayDay(zone, now + i * day)}: ${count}`}</title>
          </circle>
        );
      })}
    </svg>
  );
};

const TheRace = () => {
  const text = words().race;
  const { job, night, takes, sleeps } = chosen;
  const race = raceIn(zoneNamed("Europe/Berlin"), night, { isDaily: job === "daily", takes, sleeps });
  return (
    <section aria-labelledby="race">
      <h2 id="race">{text.title}</h2>
      <p class="lead">{text.lead}</p>
      <div class="controls">
        <Field label={text.job}>
          <Select
            value={job}
            values={["hourly", "daily"]}
            say={(one) => text.jobs[one]}
            set={(job) => choose({ job })}
          />
        </Field>
        <Field label={text.night}>
          <Select
            value={night}
            values={Object.keys(nights) as (keyof typeof nights)[]}
            say={(one) => text.nightsOf[one]}
            set={(night) => choose({ night })}
          />
        </Field>
        <Field label={text.takes(takes)}>
          <Slider value={takes} most={90} step={10} set={(takes) => choose({ takes })} />
        </Field>
        <Field label={text.sleeps(sleeps)}>
          <Slider value={sleeps} most={12} step={1} set={(sleeps) => choose({ sleeps })} />
        </Field>
      </div>
      <Lanes race={race} />
      <ul class="facts">
        {names.map((system) => (
          <li key={system}>
            <b>{text.systems[system]}</b> {text.because[system]}
          </li>
        ))}
      </ul>
    </section>
  );
};

interface FieldProps {
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

const Field = ({ label, class: kind = "field", children }: FieldProps) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: its children hold one
  <label class={kind}>
    <span>{label}</span>
    {children}
  </label>
);

interface SelectProps<T extends string> {
  readonly value: T;
  readonly values: readonly T[];
  say(this: void, value: T): string;
  set(this: void, value: T): void;
}

const Select = <T extends string>({ value, values, say, set }: SelectProps<T>) => (
  <select value={value} onChange={({ currentTarget }) => set(currentTarget.value as T)}>
    {values.map((one) => (
      <option value={one} key={one}>
        {say(one)}
      </option>
    ))}
  </select>
);

interface SliderProps {
  readonly value: number;
  readonly most: number;
  readonly step: number;
  set(value: number): void;
}

const Slider = ({ value, most, step, set }: SliderProps) => (
  <input
    type="range"
    max={most}
    step={step}
    value={value}
    onInput={({ currentTarget }) => set(currentTarget.valueAsNumber)}
  />
);

const names = Object.keys(systems) as (keyof typeof systems)[];
const laneHeight = 58;
const top = 34;
const width = 1000;

const Lanes = ({ race }: { readonly race: Race }) => {
  const text = words().race;
  const { zone, from, to, isDaily, sleep } = race;
  const wanted = wantedIn(race);
  const marks = names.map((system) => systems[system](race));
  const x = (at: number) => ((at - from) / (to - from)) * width;
  const height = top + names.length * laneHeight + 6;
  const hours = Array.from({ length: (to - from) / hour + 1 }, (_, i) => from + i * hour);
  const labelled = hours.filter((at) => wallAt(zone, at as Instant) % ((isDaily ? 6 : 2) * hour) === 0);
  return (
    <div class="lanes">
      <ul class="names" style={{ paddingTop: `${top}px` }}>
        {names.map((system, i) => (
          <li key={system} style={{ height: `${laneHeight}px` }}>
            <b>{text.systems[system]}</b>
            <span>{text.score(...scoreOf(marks[i]!, wanted))}</span>
          </li>
        ))}
      </ul>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text.title}
        style={{ height: `${height}px` }}
      >
        {sleep && (
          <rect
            class="asleep"
            x={x(sleep.from)}
            width={x(sleep.to) - x(sleep.from)}
            y={top}
            height={height}
          />
        )}
        <path
          class="wanted"
          d={wanted.map((at) => `M${x(at)} ${top}V${height}`).join("")}
          vector-effect="non-scaling-stroke"
        />
        {marks.map((all, i) =>
          all.map((mark) => <Bar key={mark.at} race={race} mark={mark} lane={i} x={x} />),
        )}
      </svg>
      <div class="hours" aria-hidden="true">
        {labelled.map((at) => (
          <span style={{ left: `${x(at) / 10}%` }} key={at}>
            {sayTime(zone, at)}
          </span>
        ))}
      </div>
    </div>
  );
};

interface BarProps {
  readonly race: Race;
  readonly mark: Mark;
  readonly lane: number;
  x(at: number): number;
}

const Bar = ({ race: { zone }, mark: { at, end, kind }, lane, x }: BarProps) => {
  const isThin = kind === "dropped";
  return (
    <rect
      class={kind}
      x={x(at) - (isThin ? 1.5 : 0)}
      width={isThin ? 3 : Math.max(4, x(end) - x(at))}
      y={top + lane * laneHeight + (isThin ? 24 : 15)}
      height={isThin ? 10 : 28}
      rx={isThin ? 1.5 : 3}
    >
      <title>{`${sayDay(zone.name, at)} ${sayTime(zone, at)} · ${words().race.kinds[kind]}`}</title>
    </rect>
  );
};

/** How many of the wanted moments had a run within a minute, and how many runs came at another time. */
const scoreOf = (
  marks: readonly Mark[],
  wanted: readonly Instant[],
): [onTime: number, of: number, others: number] => {
  const runs = marks.filter(({ kind }) => kind !== "dropped");
  const onTime = wanted.filter((at) => runs.some((run) => Math.abs(run.at - at) <= minute)).length;
  return [onTime, wanted.length, runs.length - onTime];
};

choose({});
setInterval(() => choose({ now: Date.now() as Instant }), minute);
