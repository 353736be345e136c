import { nearest } from "../../errors.ts";
import { weekday } from "./fields.ts";
import { Mistake } from "./mistake.ts";

/**
 * Recognizes what other schedulers write around, before or behind a crontab expression, and says what to write instead.
 *
 * @param isRight whether a text is a right expression by itself
 * @throws Mistake
 */
export const refuseOtherDialects = (text: string, isRight: (text: string) => boolean): void => {
  const [start, end] = [text.length - text.trimStart().length, text.trimEnd().length];
  const body = text.slice(start, end);
  const refuse = (accepted: string, from = start, to = end, instead?: string): never => {
    throw new Mistake({ what: "expression", accepted, start: from, end: to, instead });
  };

  const rate = /^rate\(\s*(.*?)\s*\)?$/i.exec(body);
  if (rate)
    refuse(`an interval as every(${JSON.stringify(rate[1] || "5 minutes")}), which counts elapsed time`);

  const call = /^cron\(\s*["']?(.*?)["']?\s*\)?$/i.exec(body);
  if (call) {
    const inside = call[1]!;
    const withoutYear = inside.replace(/\s+(?:[*?]|\d{4}(?:-\d{4})?)$/, "");
    const isAws = inside.split(/\s+/).length === 6 && isRight(withoutYear);
    const instead =
      isAws && !/\d/.test(withoutYear.split(/\s+/)[4]!) ? withoutYear : isAws ? undefined : inside;
    refuse(
      `the text inside cron(…) alone${isAws ? "; the sixth field of AWS is the year, and its weekday 1 is Sunday" : ""}`,
      start,
      end,
      instead,
    );
  }

  const zone = /^(?:CRON_)?TZ\s*=\s*["']?([^\s"']*)["']?\s*/i.exec(body);
  if (zone) {
    const rest = body.slice(zone[0].length);
    refuse(
      `the zone behind: cron(${JSON.stringify(rest)}).in(${JSON.stringify(zone[1])})`,
      start,
      start + zone[0].trimEnd().length,
    );
  }

  const words = [...body.matchAll(/\S+/g)];
  const more = words[5];
  if (more && words.length >= 6) {
    const five = body.slice(0, more.index).trimEnd();
    const behind = body.slice(more.index);
    if (isBehind(behind) && isRight(five)) {
      const accepted = isZone(behind)
        ? `the zone as cron(${JSON.stringify(five)}).in(${JSON.stringify(behind)})`
        : `a command as cron(${JSON.stringify(five)}).exec(…)`;
      refuse(accepted, start + more.index, end);
    }
  }

  const hash = words.find(([word]) => /^H(?:\(\d+-\d+\))?(?:\/\d+)?$/i.test(word));
  if (hash)
    refuse(
      'a number: H is from Jenkins, which picks one by the name of the job; .jitter("10 minutes") spreads jobs here',
      start + hash.index,
      start + hash.index + hash[0].length,
    );
};

const isZone = (text: string): boolean => /^(?:UTC|GMT|[A-Za-z_]+\/[A-Za-z_][\w+/-]*)$/.test(text);

/** What no sixth field looks like: a zone, a path, several words with letters, a word that is no weekday. */
const isBehind = (text: string): boolean => {
  if (isZone(text) || /^(?:[/~$]|\.{1,2}\/)/.test(text)) return true;
  const [word = ""] = text.split(/\s/);
  if (!/[a-z]{2}/i.test(word)) return false;
  const names = word.match(/[a-z]+/gi) ?? [];
  return names.every(
    (name) => name.length > 2 && !weekday.names.has(name.toLowerCase()) && !isNearWeekday(name),
  );
};

const isNearWeekday = (name: string): boolean => {
  const plain = name.toLowerCase().replace(/l$/, "");
  return weekday.names.has(plain) || nearest(name.toLowerCase(), weekday.names.keys()) !== undefined;
};
