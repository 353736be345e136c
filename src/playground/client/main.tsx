import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { StrangeTime } from "../../simulate/clock-changes.ts";
import { playgroundTexts } from "../../text/playground.ts";
import { currentLanguage, type Language, useLanguage } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { day, formatTime, hour, minute } from "../../time/plain-time.ts";
import { type WallTime, wallAt, type Zone, zoneNamed, zoneNames } from "../../time/zone.ts";
import { type Mark, noonBefore, type Race, raceOf, type System, wantedIn } from "../race.ts";
import { type Reading, readingOf } from "../reading.ts";

const systems: readonly System[] = ["loop", "schedule", "apscheduler", "onthedot"];
const words = () => playgroundTexts(currentLanguage());

const locale = (language: Language) => (language === "zh" ? "zh-CN" : "en-GB");

const sayDay = (language: Language, zone: Zone, at: Instant): string =>
  new Date(at).toLocaleDateString(locale(language), {
    timeZone: zone.name,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  });
const sayTime = (zone: Zone, at: Instant): string =>
  formatTime(wallAt(zone, at) - Math.floor(wallAt(zone, at) / day) * day);
const sayWall = (wall: WallTime): string => formatTime((((wall % day) + day) % day) as never);

const Playground = () => {
  const [language, setLanguage] = useState<Language>(navigator.language.startsWith("zh") ? "zh" : "en");
  useLanguage(language);
  document.documentElement.lang = language;
  const text = words();
  return (
    <>
      <header>
        <h1>{text.title}</h1>
        <fieldset class="languages" aria-label={text.language}>
          {(["en", "zh"] as const).map((one) => (
            <button
              type="button"
              aria-pressed={one === language}
              onClick={() => setLanguage(one)}
              key={one}
              lang={one}
            >
              {one === "en" ? "English" : "中文"}
            </button>
          ))}
        </fieldset>
      </header>
      <Schedule language={language} />
      <TheRace language={language} />
    </>
  );
};

const Schedule = ({ language }: { readonly language: Language }) => {
  const text = words();
  const [given, setGiven] = useState<string>(language === "zh" ? text.examples[0]! : "every weekday at 9am");
  const [zoneName, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const zone = useMemo(() => zoneNamed(zoneName), [zoneName]);
  const now = useNow();
  const read = useMemo((): Reading | Error => {
    try {
      return readingOf(given, zone, now);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }, [given, zone, now, language]);
  return (
    <section aria-labelledby="schedule">
      <h2 id="schedule">{text.scheduleTitle}</h2>
      <label class="field">
        <span>{text.prompt}</span>
        <input
          id="given"
          value={given}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => setGiven(event.currentTarget.value)}
        />
      </label>
      <div class="chips">
        {text.examples.map((one) => (
          <button type="button" onClick={() => setGiven(one)} key={one}>
            {one}
          </button>
        ))}
        <label class="zone">
          <span>{text.zone}</span>
          <select value={zoneName} onChange={(event) => setZone(event.currentTarget.value)}>
            {[...new Set([zoneName, "UTC", ...zoneNames()])].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      </div>
      {read instanceof Error ? (
        <pre class="error" role="alert">
          {read.message}
        </pre>
      ) : (
        <Read read={read} language={language} zone={zone} now={now} />
      )}
    </section>
  );
};

const useNow = (): Instant => {
  const [now, setNow] = useState(() => Date.now() as Instant);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() as Instant), minute);
    return () => clearInterval(timer);
  }, []);
  return now;
};

interface ReadProps {
  readonly read: Reading;
  readonly language: Language;
  readonly zone: Zone;
  readonly now: Instant;
}

const Read = ({ read, language, zone, now }: ReadProps) => {
  const text = words();
  return (
    <div class="read" aria-live="polite">
      <p class="meaning" lang={language}>
        {read.meaning[language]}
      </p>
      <p class="other" lang={language === "en" ? "zh" : "en"}>
        {read.meaning[language === "en" ? "zh" : "en"]}
      </p>
      <div class="columns">
        <div>
          <h3>{text.next}</h3>
          <ol class="moments">
            {read.next.map((at) => (
              <li key={at}>
                <span>{sayDay(language, zone, at)}</span> <b>{sayTime(zone, at)}</b>
              </li>
            ))}
            {read.next.length === 0 && <li>{text.never}</li>}
          </ol>
        </div>
        <div>
          <h3>{text.year}</h3>
          <Year {...{ read, language, zone, now }} />
          <h3>{text.nights}</h3>
          <ul class="nights">
            {read.nights.slice(0, 4).map((one, index) => (
              <li key={index}>
                <span>{sayDay(language, zone, one.change.at)}</span> {sayFate(one)}
              </li>
            ))}
            {read.nights.length === 0 && <li>{text.noNights}</li>}
          </ul>
        </div>
      </div>
    </div>
  );
};

const sayFate = ({ fate, wall, runsAt }: StrangeTime): string =>
  words().fates[fate](sayWall(wall), runsAt === undefined ? "" : sayWall(runsAt));

/** A column for each week, Monday on top; the darker, the more often. */
const Year = ({ read, language, zone, now }: ReadProps) => {
  const today = Math.floor(wallAt(zone, now) / day);
  const lead = (((today + 3) % 7) + 7) % 7;
  const most = Math.max(1, ...read.year);
  const total = read.year.slice(0, 365).reduce((sum, count) => sum + count, 0);
  return (
    <svg class="year" viewBox="0 0 540 74" role="img" aria-label={words().dots(total)}>
      {read.year.map((count, i) => {
        const place = i + lead;
        const week = Math.floor(place / 7);
        if (week > 53) return null;
        const level = count === 0 ? 0 : 1 + Math.min(2, Math.floor((3 * (count - 1)) / most));
        const at = (now + i * day) as Instant;
        return (
          <circle
            key={i}
            class={`level${level}`}
            cx={week * 10 + 5}
            cy={(place % 7) * 10 + 7}
            r={count === 0 ? 1.6 : 3.6}
          >
            <title>{`${sayDay(language, zone, at)}: ${count}`}</title>
          </circle>
        );
      })}
    </svg>
  );
};

const nights = ["ordinary", "forward", "back"] as const;

const TheRace = ({ language }: { readonly language: Language }) => {
  const text = words().race;
  const [job, setJob] = useState<"hourly" | "daily">("hourly");
  const [takes, setTakes] = useState(20);
  const [night, setNight] = useState<(typeof nights)[number]>("forward");
  const [sleeps, setSleeps] = useState(6);
  const zone = useMemo(() => zoneNamed("Europe/Berlin"), []);
  const race = useMemo((): Race => {
    const from = noonBefore(zone, night);
    const days = job === "daily" ? 3 : 1;
    const asleep = (from + 11 * hour) as Instant;
    return {
      zone,
      from,
      to: (from + days * day) as Instant,
      job: job === "daily" ? "daily" : { every: hour as never },
      takes: (takes * minute) as never,
      sleep: sleeps === 0 ? undefined : { from: asleep, to: (asleep + sleeps * hour) as Instant },
    };
  }, [job, takes, night, sleeps, zone]);
  const marks = useMemo(() => raceOf(race), [race]);
  const wanted = useMemo(() => wantedIn(race), [race]);
  return (
    <section aria-labelledby="race">
      <h2 id="race">{text.title}</h2>
      <p class="lead">{text.lead}</p>
      <div class="controls">
        <Choice
          label={text.job}
          value={job}
          values={["hourly", "daily"]}
          say={(one) => text.jobs[one]}
          set={(one) => setJob(one)}
        />
        <Choice
          label={text.night}
          value={night}
          values={nights}
          say={(one) => text.nightsOf[one]}
          set={(one) => setNight(one)}
        />
        <Slider label={text.takes(takes)} value={takes} most={90} step={10} set={setTakes} />
        <Slider label={text.sleeps(sleeps)} value={sleeps} most={12} step={1} set={setSleeps} />
      </div>
      <Lanes race={race} marks={marks} wanted={wanted} language={language} />
      <ul class="facts">
        {systems.map((system) => (
          <li key={system}>
            <b>{text.systems[system]}</b> {text.because[system]}
          </li>
        ))}
      </ul>
    </section>
  );
};

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly values: readonly T[];
  say(this: void, value: T): string;
  readonly set: (value: T) => void;
}

const Choice = <T extends string>({ label, value, values, say, set }: ChoiceProps<T>) => (
  <label class="field">
    <span>{label}</span>
    <select value={value} onChange={(event) => set(event.currentTarget.value as T)}>
      {values.map((one) => (
        <option value={one} key={one}>
          {say(one)}
        </option>
      ))}
    </select>
  </label>
);

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly step: number;
  set(value: number): void;
}

const Slider = ({ label, value, most, step, set }: SliderProps) => (
  <label class="field">
    <span>{label}</span>
    <input
      type="range"
      min={0}
      max={most}
      step={step}
      value={value}
      onInput={(event) => set(event.currentTarget.valueAsNumber)}
    />
  </label>
);

interface LanesProps {
  readonly race: Race;
  readonly marks: Readonly<Record<System, readonly Mark[]>>;
  readonly wanted: readonly Instant[];
  readonly language: Language;
}

const laneHeight = 58;
const top = 34;
const width = 1000;

const Lanes = ({ race, marks, wanted, language }: LanesProps) => {
  const text = words().race;
  const x = (at: number) => ((at - race.from) / (race.to - race.from)) * width;
  const height = top + systems.length * laneHeight + 6;
  const marked: Instant[] = [];
  const step = race.job === "daily" ? 6 * hour : 2 * hour;
  for (let at = race.from as number; at <= race.to; at += hour)
    if (wallAt(race.zone, at as Instant) % step === 0) marked.push(at as Instant);
  return (
    <div class="lanes">
      <ul class="names" style={{ paddingTop: `${top}px` }}>
        {systems.map((system) => (
          <li key={system} style={{ height: `${laneHeight}px` }}>
            <b>{text.systems[system]}</b>
            <span>{text.score(...scoreOf(marks[system], wanted))}</span>
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
        {race.sleep && (
          <rect
            class="asleep"
            x={x(race.sleep.from)}
            width={x(race.sleep.to) - x(race.sleep.from)}
            y={top}
            height={height - top}
          />
        )}
        {wanted.map((at) => (
          <line
            class="wanted"
            x1={x(at)}
            x2={x(at)}
            y1={top}
            y2={height}
            key={at}
            vector-effect="non-scaling-stroke"
          />
        ))}
        {systems.flatMap((system, i) =>
          marks[system].map((mark) => (
            <rect
              class={mark.kind}
              key={`${system}${mark.at}`}
              x={mark.kind === "dropped" ? x(mark.at) - 1.5 : x(mark.at)}
              width={Math.max(mark.kind === "dropped" ? 3 : 4, x(mark.end) - x(mark.at))}
              y={top + i * laneHeight + (mark.kind === "dropped" ? 24 : 15)}
              height={mark.kind === "dropped" ? 10 : 28}
              rx={mark.kind === "dropped" ? 1.5 : 3}
            >
              <title>{`${sayDay(language, race.zone, mark.at)} ${sayTime(race.zone, mark.at)} · ${text.kinds[mark.kind]}`}</title>
            </rect>
          )),
        )}
      </svg>
      <div class="hours" aria-hidden="true">
        {marked.map((at) => (
          <span style={{ left: `${x(at) / 10}%` }} key={at}>
            {sayTime(race.zone, at)}
          </span>
        ))}
      </div>
    </div>
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

render(<Playground />, document.getElementById("page")!);
