import type { RunRecord } from "../job/run.ts";
import { type Look, plain, type Span, tinted } from "../terminal/style.ts";
import { oneLine, sayLength } from "../terminal/text.ts";

/** What became of an occurrence, in a few words: `"✔ 1.6s"`, `"✖ timed out after 30s"`. */
export const outcomeSpans = (run: RunRecord, { glyphs }: Look): readonly Span[] => {
  const took = run.started && run.ended ? sayLength(run.ended.getTime() - run.started.getTime()) : "";
  const times = (run.count ?? 1) > 1 ? `${run.count} ` : "";
  switch (run.outcome) {
    case "succeeded":
      return [tinted("green", glyphs.ok), plain(` ${took}`)];
    case "failed":
      return [tinted("red", glyphs.fail), plain(` ${oneLine(run.error?.split("\n")[0] ?? "failed")}`)];
    case "timed-out":
      return [tinted("red", glyphs.fail), plain(` timed out after ${took}`)];
    case "cancelled":
      return [tinted("yellow", glyphs.skip), plain(` cancelled after ${took}`)];
    case "interrupted":
      return [tinted("red", glyphs.fail), plain(" cut off when its process died")];
    case "skipped":
      return [tinted("yellow", glyphs.skip), plain(` ${times}skipped, the last run still ran`)];
    case "dropped":
      return [tinted("yellow", glyphs.skip), plain(` ${times}dropped, too many were waiting`)];
    case "coalesced":
      return [tinted("yellow", glyphs.skip), plain(` ${times}missed, made one with a later run`)];
    case "expired":
      return [tinted("yellow", glyphs.skip), plain(` ${times}missed, too old to be made up for`)];
  }
};
