import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PageEvent } from "../model.ts";
import { app, Code, sayClock } from "./format.tsx";
import { useDrawn } from "./list.tsx";

/** The last hours and the next ones, as the script draws them. */
export const Timeline = () => {
  const { words } = app;
  const [hours, setHours] = useState(6);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const shadow = frame.current!.shadowRoot ?? frame.current!.attachShadow({ mode: "open" });
    let timer: ReturnType<typeof setTimeout>;
    const ask = () => {
      // Read as XML, so that nothing in it is ever taken for HTML; its styles hold for it alone.
      const request = new XMLHttpRequest();
      request.open("GET", `/timeline?hours=${hours}`);
      request.responseType = "document";
      request.overrideMimeType("image/svg+xml");
      request.onload = () => {
        const picture = request.responseXML?.documentElement;
        if (request.status !== 200 || !(picture instanceof SVGSVGElement)) return;
        // On a phone it scrolls sideways, or nobody could read it; now is in the middle.
        const isFirst = !shadow.firstChild;
        picture.style.minWidth = "860px";
        shadow.replaceChildren(picture);
        if (isFirst) frame.current!.scrollLeft = frame.current!.scrollWidth / 4;
      };
      request.send();
      timer = setTimeout(ask, 20_000);
    };
    ask();
    return () => clearTimeout(timer);
  }, [hours]);
  const { legend } = words;
  return (
    <section>
      <fieldset class="range">
        <legend class="unseen">{words.range}</legend>
        {[1, 6, 24].map((one) => (
          <button type="button" key={one} aria-pressed={one === hours} onClick={() => setHours(one)}>
            ± {one} {words.hours}
          </button>
        ))}
      </fieldset>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keys */}
      <section ref={frame} class="picture" aria-label={words.timeline} tabIndex={0} />
      <p class="legend">
        {(Object.keys(legend) as (keyof typeof legend)[]).map((name) => (
          <span key={name}>
            <i class={name} aria-hidden="true" />
            {legend[name]}
          </span>
        ))}
      </p>
    </section>
  );
};

/** What has happened, the latest first: the lines of the terminal. */
export const Log = () => {
  const { words, log } = app;
  const drawn = useDrawn(log.length);
  if (log.length === 0) return <p class="empty">{words.noLog}</p>;
  return (
    <ol class="log" aria-label={words.log}>
      {log.slice(-drawn).toReversed().map(eventOf)}
    </ol>
  );
};

/** An event never changes: its lines are made once. */
const events = new WeakMap<PageEvent, VNode>();
const eventOf = (event: PageEvent): VNode => {
  const made = events.get(event) ?? (
    <li key={event.id} class={event.name}>
      <time dateTime={new Date(event.at).toISOString()}>{sayClock(event.at)}</time>
      <div>
        <p>{event.lines[0]}</p>
        {event.lines.length > 1 && <Code class="failure" text={event.lines.slice(1).join("\n")} />}
      </div>
    </li>
  );
  events.set(event, made);
  return made;
};
