/** A word of a pattern, or a slot for something that is read. */
export type Part =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "slot"; readonly name: string; readonly of: string };

type Sequence = readonly Part[];

/**
 * All the plain sequences a pattern stands for: each choice taken, each part that may be left out once there and once not.
 * `every (single|other)? {unit}` is three.
 */
export const sequencesOf = (pattern: string): readonly Sequence[] => {
  const parts = pattern.match(/\\.|\{[^}]*\}|[()|?]|[^\s()|?{}\\]+/g) ?? [];
  let at = 0;
  const read = choices();
  if (at < parts.length || read.some((sequence) => sequence.length === 0))
    throw new Error(`Pattern ${JSON.stringify(pattern)} cannot be read`);
  return read;

  function choices(): readonly Sequence[] {
    const found = [...row()];
    while (parts[at] === "|") {
      at++;
      found.push(...row());
    }
    return found;
  }

  function row(): readonly Sequence[] {
    let found: readonly Sequence[] = [[]];
    while (at < parts.length && parts[at] !== "|" && parts[at] !== ")") {
      const next = one();
      found = found.flatMap((before) => next.map((after) => [...before, ...after]));
    }
    return found;
  }

  function one(): readonly Sequence[] {
    const found = unit();
    if (parts[at] !== "?") return found;
    at++;
    return [...found, []];
  }

  function unit(): readonly Sequence[] {
    const part = parts[at++]!;
    if (part === "(") {
      const found = choices();
      at++;
      return found;
    }
    if (part.startsWith("{")) {
      const [name, of = name] = part.slice(1, -1).split(":") as [string, string?];
      return [[{ kind: "slot", name, of }]];
    }
    return [[{ kind: "word", text: part.startsWith("\\") ? part.slice(1) : part }]];
  }
};
