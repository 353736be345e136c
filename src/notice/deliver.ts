/** What is sent to an address. */
export interface Letter {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a letter; rejects with a sentence a person understands when it has not arrived. */
export type Deliver = (letter: Letter) => Promise<void>;

/** No answer within this time is none. */
const patience = 10_000;

/** Posts a letter over HTTP; what goes wrong on the way is tried a second time at once. */
export const deliver: Deliver = async (letter) => {
  try {
    await post(letter);
  } catch (first) {
    if (first instanceof Refused) throw first;
    await post(letter);
  }
};

/** The other side has understood and says no: asking again changes nothing. */
class Refused extends Error {}

const post = async ({ url, body, headers }: Letter): Promise<void> => {
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers,
    signal: AbortSignal.timeout(patience),
  }).catch((error) => {
    throw new Error(`${hostOf(url)}: ${reasonOf(error)}`);
  });
  await answer.body?.cancel().catch(() => {});
  if (answer.ok) return;
  const said = `${hostOf(url)} answered ${answer.status}`;
  throw answer.status >= 500 || answer.status === 429 ? new Error(said) : new Refused(said);
};

/** The path and what follows is often a secret. */
const hostOf = (url: string): string => new URL(url).host;

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${patience / 1_000} seconds`;
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
};
