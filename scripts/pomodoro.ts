// Pomodoro: 25 minutes of work, 5 of rest, and a long rest after four rounds. The screen counts down.
import { every, type RunContext, run } from "onthedot";

// Change these here, or set them in the environment: POMODORO="50 10 30 3"
const [focus = 25, rest = 5, longRest = 15, rounds = 4] = (process.env.POMODORO || "25 5 15 4")
  .split(/\s+/)
  .map(Number);
const sets = Number(process.env.POMODORO_SETS || 2); // of so many rounds, then it is over
const by = process.env.POMODORO_BY || "bell"; // bell, desktop, or an address such as https://ntfy.sh/your-topic

if (process.argv.includes("--help")) help();

const length = rounds * (focus + rest) - rest + longRest; // of a set
const begin = (Math.floor(Date.now() / 1_000) + 2) * 1_000;

for (let round = 1; round <= rounds; round++) {
  const minute = (round - 1) * (focus + rest);
  const isLast = round === rounds;
  phase(`focus ${round}`, minute, `Focus, ${round} of ${rounds}: ${focus} minutes.`);
  if (!isLast) phase(`rest ${round}`, minute + focus, `Rest: ${rest} minutes.`);
  else phase("long rest", minute + focus, `Long rest: ${longRest} minutes.`);
}
run().then(() => console.log(`That was it: ${rounds * sets} rounds.`));

/** Each phase comes once per set, so many minutes after its start. Phases missed during sleep are not caught up. */
function phase(name: string, minute: number, text: string) {
  const start = new Date(begin + minute * 60_000);
  const schedule = every(length).minutes.starting(start).times(sets).catchUp("skip").named(name);
  if (by === "desktop" && process.platform === "darwin")
    schedule.exec("osascript", [
      "-e",
      'on run {text}\ndisplay notification text with title "Pomodoro"\nend run',
      text,
    ]);
  else if (by === "desktop") schedule.exec("notify-send", ["--app-name=pomodoro", "--", "Pomodoro", text]);
  else if (/^https?:/.test(by)) schedule.timeout("20 seconds").retry(2).do(send, text);
  else schedule.notify(by, { on: "success" }).do(show, text);
}

function show(text: string) {
  console.log(text);
}

async function send(text: string, { signal }: RunContext) {
  console.log(text);
  const answer = await fetch(by, { method: "POST", body: text, signal });
  if (!answer.ok) throw new Error(`${new URL(by).host} answered ${answer.status}`);
}

function help(): never {
  console.log(`
  ${focus} minutes of work, ${rest} of rest, and ${longRest} of rest after ${rounds} rounds; it ends after ${sets} of these.

    pomodoro.ts          begins now
    pomodoro.ts next 9   shows the times of work and rest
    pomodoro.ts help     list, run, simulate and the rest

  Settings, at the top of the file or in the environment:

    POMODORO        minutes of work, of rest, of the long rest, and rounds: "${focus} ${rest} ${longRest} ${rounds}"
    POMODORO_SETS   how many of these: ${sets}
    POMODORO_BY     who is notified: bell, desktop, or an address such as https://ntfy.sh/your-topic: ${by}
`);
  process.exit();
}
