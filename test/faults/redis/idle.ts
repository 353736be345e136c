import { keepFigures } from "../chance.ts";
import { pause } from "../children.ts";
import { type CommandContext, prepare } from "./crew.ts";

/** What machines with hourly jobs cost Redis while nothing is due, by the server's own count. */
export const idleCost = async (context: CommandContext, count: number, seconds: number) => {
  const { redis, machines, begin, end } = await prepare(context, `idle-${count}`, [{}, {}, {}]);
  const starting = Date.now() + 3_500_000;
  const jobs = Array.from({ length: count }, (_, i) => ({
    name: `hourly${i}`,
    every: 3_600,
    starting,
    takes: [5, 50] as const,
  }));
  begin({ jobs });
  // The first minute also reads what is there.
  await pause(8_000 + count * 5);
  redis.command("config", "resetstat");
  await pause(seconds * 1_000);
  const processed = Number(/total_commands_processed:(\d+)/.exec(redis.command("info", "stats"))![1]);
  const stats = redis.command("info", "commandstats");
  const bytes = Number(/total_net_input_bytes:(\d+)/.exec(redis.command("info", "stats"))![1]);
  await end();
  const calls = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
    .filter(([, name]) => !/^(config|info|hello|client)/.test(name!))
    .map(([, name, count]) => ({ name: name!, count: Number(count) }));
  const each = (calls: number) => calls / seconds / machines.length;
  // What scripts do in Redis counts as commands, too; these are sent.
  const sent = calls.filter(({ name }) => /^(evalsha|bzpopmin|ping|zadd|xread)$/.test(name));
  const most = calls.toSorted((a, b) => b.count - a.count).slice(0, 6);
  const figures = { "commands a second": each(processed), "bytes in a second": each(bytes) };
  keepFigures(`F27 ${count} jobs, each of three machines`, {
    "commands a second": figures["commands a second"].toFixed(2),
    "of them sent": each(sent.reduce((sum, { count }) => sum + count, 0)).toFixed(2),
    "bytes in a second": figures["bytes in a second"].toFixed(0),
    most: most.map(({ name, count }) => `${name} ${each(count).toFixed(2)}`).join(", "),
  });
  return figures;
};
