const digits = new Map([..."零一二三四五六七八九"].map((char, n) => [char, n] as const));
digits.set("〇", 0).set("两", 2).set("俩", 2);

/** The numbers that begin at a place, written with Chinese numerals, shortest first: 二, 二十, 二十五. */
export const numeralsAt = (
  text: string,
  at: number,
): readonly { readonly value: number; readonly end: number }[] => {
  const found: { value: number; end: number }[] = [];
  for (let end = at + 1; end <= Math.min(text.length, at + longest); end++) {
    if (!isNumeral(text[end - 1]!)) break;
    const value = readNumeral(text.slice(at, end));
    if (value !== undefined) found.push({ value, end });
  }
  return found;
};

/** 九百九十九 is five long; a year digit by digit is four. */
const longest = 6;

export const isNumeral = (char: string): boolean => digits.has(char) || char === "十" || char === "百";

/** 五, 十五, 二十, 二十五, 一百零五, 一百二十, 零五 (as in minutes), 二〇二七 (as in years). */
const readNumeral = (numeral: string): number | undefined => {
  const [hundreds, rest] = split(numeral, "百");
  if (hundreds === undefined) return below100(rest) ?? asYear(numeral);
  const hundred = digits.get(hundreds);
  if (!hundred || rest === "") return hundred && hundred * 100;
  const more = below100(rest.startsWith("零") ? rest.slice(1) : rest);
  return more === undefined || more < 10 !== rest.startsWith("零") ? undefined : hundred * 100 + more;
};

const below100 = (numeral: string): number | undefined => {
  const [tens, ones] = split(numeral, "十");
  if (tens === undefined) return oneDigit(ones.length === 2 && ones.startsWith("零") ? ones.slice(1) : ones);
  const ten = tens === "" ? 1 : digits.get(tens);
  const one = ones === "" ? 0 : digits.get(ones);
  return !ten || one === undefined || (ones !== "" && one === 0) ? undefined : ten * 10 + one;
};

const oneDigit = (numeral: string): number | undefined =>
  numeral.length === 1 ? digits.get(numeral) : undefined;

const asYear = (numeral: string): number | undefined => {
  if (numeral.length !== 4) return undefined;
  const each = [...numeral].map((char) => digits.get(char));
  return each.includes(undefined) || each[0] === 0 ? undefined : Number(each.join(""));
};

/** What stands before and behind a sign; only the rest, when the sign is not there. */
const split = (numeral: string, sign: string): readonly [string | undefined, string] => {
  const at = numeral.indexOf(sign);
  return at < 0 ? [undefined, numeral] : [numeral.slice(0, at), numeral.slice(at + 1)];
};
