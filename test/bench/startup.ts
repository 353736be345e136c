import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isQuick, median } from "./measure.ts";
import { report } from "./process.ts";
import { type Row, subject } from "./results.ts";

const folder = join(import.meta.dirname, "startup");
const rounds = isQuick ? 3 : 31;

/** At its end, a script prints the CPU its main thread has used. */
const printCpu = `
import { readFileSync } from "node:fs";
process.on("exit", () => {
  process.cpuUsage();
  console.log(Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[0]) / 1e6);
});
`;

/** A script's file and what is added to the command that runs it. */
interface Script {
  readonly file: string;
  readonly options: readonly string[];
}

const script = (name: string, text: string, { tsx = false } = {}): Script => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name.replaceAll(/\W+/g, "-")}.${tsx ? "ts" : "mjs"}`);
  writeFileSync(file, `${text}\n${printCpu}`);
  return { file, options: tsx ? ["--import", "tsx"] : [] };
};

/** What a process costs: its main thread's CPU, or the time until it has ended. */
const costOf = ({ file, options }: Script, by: "cpu" | "clock"): number => {
  const began = performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, [...options, file], {
    encoding: "utf8",
    cwd: folder,
  });
  const passed = performance.now() - began;
  const cpu = Number(stdout.trim().split("\n").at(-1));
  if (!(cpu > 0)) throw new Error(`${file}\n${stderr}`);
  return by === "cpu" ? cpu : passed;
};

/** How wide the 95 % interval of a median is, at most, on either side: by the order of the values, whatever their distribution. */
let widest = 0;

/**
 * Starts each script once in every round, from another one on in each, and takes what each needed over the first, the empty one, in the same round.
 */
const overEmpty = (
  scripts: Readonly<Record<string, Script>>,
  by: "cpu" | "clock",
): Record<string, number> => {
  const all = Object.entries(scripts).map(([name, script]) => ({ name, script, costs: [] as number[] }));
  // The first round only brings files into memory.
  for (let round = 0; round <= rounds; round++)
    for (let i = 0; i < all.length; i++) {
      const { script, costs } = all[(i + round) % all.length]!;
      const cost = costOf(script, by);
      if (round > 0) costs.push(cost);
    }
  const [empty, ...others] = all;
  const values = others.map(({ name, costs }) => {
    const differences = costs.map((cost, i) => cost - empty!.costs[i]!).sort((a, b) => a - b);
    const reach = Math.ceil(0.98 * Math.sqrt(differences.length));
    const middle = Math.floor(differences.length / 2);
    const at = (i: number) => differences[Math.max(0, Math.min(differences.length - 1, i))]!;
    widest = Math.max(widest, at(middle + reach) - at(middle), at(middle) - at(middle - reach));
    return [name, median(differences)] as const;
  });
  return { "bare Node, the empty script itself": median(empty!.costs), ...Object.fromEntries(values) };
};

const peers = [
  "croner",
  "node-cron",
  "cron",
  "node-schedule",
  "cron-parser",
  "toad-scheduler",
  "@breejs/later",
  "rrule",
  "luxon",
  "chrono-node",
];
const uses: Readonly<Record<string, string>> = {
  "import and a job by a chain": "every(5).minutes.do(() => {}).cancel();",
  "import and a job by a cron expression": 'cron("0 9 * * 1-5").do(() => {}).cancel();',
  "import and a job in a zone": 'every().day.at("09:00").in("Europe/Amsterdam").do(() => {}).cancel();',
  "import and a job by a phrase": 'when("every weekday at 9am").do(() => {}).cancel();',
};
const goals: Readonly<Record<string, number>> = {
  "import and a job by a chain": 11,
  "import and a job by a phrase": 23,
  "import and a job in a zone": 25,
};

const plain = overEmpty(
  {
    empty: script("empty", ""),
    [subject]: script("ours", 'import "onthedot";'),
    ...Object.fromEntries(
      peers.map((name) => [name.replace("@breejs/", ""), script(name, `import ${JSON.stringify(name)};`)]),
    ),
    ...Object.fromEntries(
      Object.entries(uses).map(([what, text]) => [
        what,
        script(what, `import { cron, every, when } from "onthedot";\n${text}`),
      ]),
    ),
  },
  "cpu",
);
// tsx transforms in a thread of its own, for which the main thread waits.
const underTsx = overEmpty(
  {
    empty: script("empty", "export {};", { tsx: true }),
    [subject]: script("ours", 'import "onthedot";', { tsx: true }),
    croner: script("croner", 'import "croner";', { tsx: true }),
  },
  "clock",
);

const useRows = Object.keys(uses).map(
  (what): Row => ({ what, unit: "ms CPU", goal: goals[what], values: { [subject]: plain[what]! } }),
);
const imports = Object.fromEntries(Object.entries(plain).filter(([name]) => !(name in uses)));

report({
  title: "Start-up: what a process needs over an empty one",
  how: `The built package; CPU of the main thread of whole processes, under tsx their time by the clock; the scripts in turn, ${rounds} rounds; the median of the differences in each round, to within ${widest.toFixed(1)} ms (95 %).`,
  rows: [
    { what: "import", unit: "ms CPU", goal: 10, values: imports },
    ...useRows,
    { what: "import under tsx", unit: "ms", goal: 25, values: underTsx },
  ],
});
