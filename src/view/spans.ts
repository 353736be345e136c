import type { Tint } from "./colour.ts";
import type { Look } from "./look.ts";
import { cutTo, displayWidth } from "./width.ts";

/** A piece of text that looks the same throughout. */
export interface Span {
  readonly text: string;
  readonly tint?: Tint;
}

export const plain = (text: string): Span => ({ text });
export const tinted = (tint: Tint, text: string): Span => ({ text, tint });

/** A line of several pieces, painted. */
export const painted = (spans: readonly Span[], { paint }: Look): string =>
  spans.map(({ text, tint }) => (tint && text ? paint(text, tint) : text)).join("");

export const spansWidth = (spans: readonly Span[]): number =>
  spans.reduce((sum, { text }) => sum + displayWidth(text), 0);

/** The pieces that fit into a width; where one does not, it is cut and the rest left out. */
export const cutSpans = (spans: readonly Span[], width: number, ellipsis: string): readonly Span[] => {
  if (spansWidth(spans) <= width) return spans;
  const kept: Span[] = [];
  let room = width - displayWidth(ellipsis);
  for (const span of spans) {
    const wanted = displayWidth(span.text);
    if (wanted > room) return [...kept, { ...span, text: cutTo(span.text, room, "") + ellipsis }];
    kept.push(span);
    room -= wanted;
  }
  return kept;
};
