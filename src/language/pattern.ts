/** A part of a pattern: a word, a slot for something that is read, or a choice between rows of parts. */
export type Part = { readonly mayBeLeftOut: boolean } & (
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "slot"; readonly name: string; readonly of: string }
  | { readonly kind: "choice"; readonly of: readonly (readonly Part[])[] }
);

/** Takes a pattern apart: `every (single|other)? {n:count}` is a word, a choice that may be left out, and a slot called n. */
export const partsOf = (pattern: string): readonly Part[] => {
  const signs = pattern.match(/\\.|\{[^}]*\}|[()|?]|[^\s()|?{}\\]+/g) ?? [];
  let at = 0;
  const parts = row();
  if (at < signs.length) throw new Error(`Pattern ${JSON.stringify(pattern)} cannot be read`);
  return parts;

  function row(): readonly Part[] {
    const parts: Part[] = [];
    while (at < signs.length && signs[at] !== "|" && signs[at] !== ")") parts.push(part());
    return parts;
  }

  function part(): Part {
    const sign = signs[at++]!;
    if (sign === "(") {
      const of = [row()];
      while (signs[at] === "|") {
        at++;
        of.push(row());
      }
      at++;
      return { kind: "choice", of, mayBeLeftOut: isLeftOut() };
    }
    if (sign.startsWith("{")) {
      const [name, of = name] = sign.slice(1, -1).split(":") as [string, string?];
      return { kind: "slot", name, of, mayBeLeftOut: isLeftOut() };
    }
    return { kind: "word", text: sign.startsWith("\\") ? sign.slice(1) : sign, mayBeLeftOut: isLeftOut() };
  }

  function isLeftOut(): boolean {
    if (signs[at] !== "?") return false;
    at++;
    return true;
  }
};
