import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AtEnd } from "./contract.ts";
import { type Process, scriptFolder, startProcess } from "./process.ts";
import { hasRedis, needsRedis, type RedisOptions, type RunningRedis, startRedis } from "./redis.ts";
import { machineOn, nothing, pass, until } from "./shared.ts";

/** @param seconds how long a run takes */
const scriptOf = (seconds: number, when = "every(1).second") => `
import { every, run } from "onthedot";
import { bullmq } from "onthedot/bullmq";
${when}.named("tick").do(async () => {
  console.log("began");
  await new Promise((go) => setTimeout(go, ${seconds * 1_000}));
  console.log("ticked");
});
run({ engine: bullmq(process.env.REDIS!) });
`;

const runScript = (atEnd: AtEnd, url: string, text = scriptOf(0)): Process =>
  startProcess(atEnd, scriptFolder(atEnd, { "jobs.ts": text }), "jobs.ts", [], { REDIS: url });

const redisFor = async (atEnd: AtEnd, options: RedisOptions = {}): Promise<RunningRedis> => {
  const redis = await startRedis(options);
  atEnd(() => redis.stop());
  return redis;
};

/** A machine with a job that runs each second. */
const ticking = (url: string, atEnd: AtEnd) => {
  const machine = machineOn(url, atEnd);
  const ran: number[] = [];
  const job = machine
    .every(1)
    .second.named("tick")
    .do(() => void ran.push(1));
  const warns = (text: string) => until(() => machine.warnings.some((warning) => warning.includes(text)), 30);
  return { ...machine, job, ran, warns };
};

const portOf = async (atEnd: AtEnd, server: Server): Promise<number> => {
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  atEnd(() => void server.close());
  return (server.address() as { port: number }).port;
};

/** A server that speaks TLS with a certificate of its own making. */
const secureServer = (atEnd: AtEnd): Promise<number> => {
  const folder = scriptFolder(atEnd, {});
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const args = `req -x509 -newkey rsa:2048 -nodes -keyout ${key} -out ${cert} -days 2 -subj /CN=localhost`;
  expect(spawnSync("openssl", args.split(" ")).status).toBe(0);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) =>
    socket.on("error", nothing),
  );
  return portOf(atEnd, server.on("tlsClientError", nothing));
};

/** A server in front of a Redis that gives another version, of the same length, in the answer to INFO. */
const olderServer = (atEnd: AtEnd, { port }: RunningRedis): Promise<number> => {
  const sockets: Socket[] = [];
  atEnd(() => sockets.forEach((socket) => void socket.destroy()));
  const server = createTcpServer((client) => {
    const redis = connect(port, "127.0.0.1");
    sockets.push(client.on("error", nothing), redis.on("error", nothing));
    client.pipe(redis);
    redis.on("data", (data) => {
      const text = data.toString("latin1").replace(/^(redis_version:)\d\.\d\.(.*)/m, "$16.0.$2");
      client.write(text, "latin1");
    });
  });
  return portOf(atEnd, server);
};

const records = "bull:onthedot.records:";
const definition = {
  name: "tick",
  source: "every(1).second",
  zoneName: "UTC",
  recurrence: { kind: "interval", every: 1_000 },
  anchor: 0,
  by: "x",
};

/** A Redis that holds a record of a job. */
const redisWith = async (atEnd: AtEnd, data: object | string, more: readonly string[] = []) => {
  const { command, url } = await redisFor(atEnd);
  const text = typeof data === "string" ? data : JSON.stringify({ ...definition, ...data });
  const job = (id: string, data: string) =>
    command("hset", `${records}${id}`, "name", "job", "data", data, "opts", "{}", "timestamp", "1");
  job("job~tick", text);
  const [field, value = ""] = more;
  if (field === "progress") command("hset", `${records}job~tick`, field, value);
  if (field === "ended") job("ended~tick", value);
  return url;
};

const redisWithText = async (atEnd: AtEnd, key: string) => {
  const { command, url } = await redisFor(atEnd);
  command("set", key, "x");
  return url;
};

const foreign = "in Redis is not what onthedot wrote there";

describe.skipIf(!hasRedis)(needsRedis("a script ends with a clear error"), { concurrent: true }, () => {
  let locked: RunningRedis;
  let open: RunningRedis;
  beforeAll(async () => {
    locked = await startRedis({ password: "hunter2" });
    locked.command("acl", "setuser", "weak", "on", ">hunter3", "~bull:*", "&*", "+@all", "-info");
    open = await startRedis();
  });
  afterAll(() => Promise.all([locked.stop(), open.stop()]));

  const cases: readonly (readonly [string, (atEnd: AtEnd) => string | Promise<string>, string])[] = [
    ["no password", () => `redis://127.0.0.1:${locked.port}`, "rejected this user and password"],
    [
      "a wrong password",
      () => `redis://:hunter9@127.0.0.1:${locked.port}`,
      "rejected this user and password",
    ],
    ["a user without INFO", () => `redis://weak:hunter3@127.0.0.1:${locked.port}`, "lacks a permission"],
    ["no such machine", () => "redis://no.invalid:6379", "There is no host no.invalid:6379"],
    ["no such database", () => `redis://127.0.0.1:${open.port}/99`, "has no such database"],
    [
      "a certificate that nobody vouches for",
      async (atEnd) => `rediss://127.0.0.1:${await secureServer(atEnd)}`,
      "self-signed certificate",
    ],
    [
      "a Redis that is too old",
      async (atEnd) => `redis://127.0.0.1:${await olderServer(atEnd, open)}`,
      "Redis 6.0 at 127.0.0.1",
    ],
    [
      "cluster mode",
      async (atEnd) => (await redisFor(atEnd, { args: ["--cluster-enabled", "yes"] })).url,
      "cluster mode, which is not supported",
    ],
    [
      "a read-only replica",
      async (atEnd) => (await redisFor(atEnd, { args: ["--replicaof", "127.0.0.1", "1"] })).url,
      "is a read-only replica",
    ],
    [
      "a text where a hash is expected",
      (atEnd) => redisWithText(atEnd, `${records}job~tick`),
      "holds something else under a key",
    ],
    [
      "a text where BullMQ keeps its list",
      (atEnd) => redisWithText(atEnd, "bull:onthedot:wait"),
      "holds something else under a key",
    ],
    ["data that is not JSON", (atEnd) => redisWith(atEnd, "{"), "bull:onthedot.records:job~tick"],
    ["no definition", (atEnd) => redisWith(atEnd, { by: 7 }), "no name, source or writer"],
    ["an anchor that is a text", (atEnd) => redisWith(atEnd, { anchor: "soon" }), "its anchor is not a time"],
    [
      "an anchor beyond all times",
      (atEnd) => redisWith(atEnd, { anchor: 1e300 }),
      "its anchor is not a time",
    ],
    ["a schedule that is none", (atEnd) => redisWith(atEnd, { recurrence: { kind: "never" } }), foreign],
    ["a zone that is none", (atEnd) => redisWith(atEnd, { zoneName: "Mars/Base" }), foreign],
    [
      "progress that is none",
      (atEnd) => redisWith(atEnd, {}, ["progress", '{"decided":"soon"}']),
      "its progress is not a time",
    ],
    [
      "a count of runs that is none",
      (atEnd) =>
        redisWith(atEnd, {}, ["progress", '{"decided":null,"seen":0,"spaced":{"anchor":0,"runCount":0.5}}']),
      "the start of its delay is not a time and a count",
    ],
    ["an end that is none", (atEnd) => redisWith(atEnd, {}, ["ended", '{"why":"bored"}']), "no end of a job"],
  ];
  test.for(cases)("%s", { timeout: 90_000 }, async ([, prepare, message], { onTestFinished }) => {
    const running = runScript(onTestFinished, await prepare(onTestFinished));
    expect([await running.ended, running.output()]).toEqual([1, expect.stringContaining(message)]);
    expect(running.output()).not.toMatch(/hunter|ticked/);
  });
});

describe.skipIf(!hasRedis)(
  needsRedis("with a server in trouble"),
  { concurrent: true, timeout: 60_000 },
  () => {
    test.for([
      [
        "redis:// where TLS is used",
        async (atEnd: AtEnd) => `redis://127.0.0.1:${await secureServer(atEnd)}`,
      ],
      [
        "rediss:// where none is",
        async (atEnd: AtEnd) => `rediss://127.0.0.1:${(await redisFor(atEnd)).port}`,
      ],
    ] as const)("%s: a script asks about TLS, and stops on Ctrl-C", async ([, url], { onTestFinished }) => {
      const running = runScript(onTestFinished, await url(onTestFinished));
      await running.says("does it expect TLS (rediss://) or not (redis://)?");
      running.kill("SIGINT");
      expect(await running.ended).toBe(0);
    });

    test("in a program that does other things a wrong password is a warning", async ({ onTestFinished }) => {
      const { url } = await redisFor(onTestFinished, { password: "hunter2" });
      const { start, warnings } = ticking(url.replace("hunter2", "hunter3"), onTestFinished);
      start();
      await until(() => warnings.length > 0);
      const warning = /^nothing is started: .* rejected this user and password/;
      expect(warnings).toEqual([expect.stringMatching(warning)]);
    });

    test("a script that starts before its Redis says so once, waits, and begins when it is there", async ({
      onTestFinished,
    }) => {
      const redis = await redisFor(onTestFinished);
      await redis.kill();
      const running = runScript(onTestFinished, redis.url);
      await running.says(/cannot be reached \(connect ECONNREFUSED/);
      await pass(2);
      await redis.restart();
      await running.says("is back");
      await running.says("ticked");
      expect(running.count(/cannot be reached/)).toBe(1);
      running.kill("SIGINT");
      expect(await running.ended).toBe(0);
    });

    test("a script ends on Ctrl-C while its Redis is away", async ({ onTestFinished }) => {
      const redis = await redisFor(onTestFinished);
      const running = runScript(onTestFinished, redis.url, scriptOf(0, "every(1).hour.immediately()"));
      await running.says("ticked");
      // Redis knows of the run: nothing is left that it does not know.
      await until(() => redis.command("llen", `${records}job~tick:logs`) === "1");
      await redis.kill();
      await running.says("cannot be reached");
      running.kill("SIGINT");
      expect(await running.ended).toBe(0);
    });

    test("a script that ends before Redis could record a run says so with its exit code", async ({
      onTestFinished,
    }) => {
      const redis = await redisFor(onTestFinished);
      const running = runScript(onTestFinished, redis.url, scriptOf(2));
      await running.says("began");
      await redis.kill();
      await running.says("ticked");
      running.kill("SIGINT");
      expect(await running.ended).toBe(1);
    });

    test.for([
      ["emptied", async (redis: RunningRedis): Promise<void> => void redis.command("flushall")],
      [
        "started anew without what it held",
        (redis: RunningRedis) => redis.kill().then(() => redis.restart()),
      ],
    ] as const)("a Redis that was %s is reported, and runs go on", async ([, lose], { onTestFinished }) => {
      const redis = await redisFor(onTestFinished);
      const machines = [0, 1].map(() => ticking(redis.url, onTestFinished));
      for (const { every, start } of machines) {
        every(1).hour.named("rare").do(nothing);
        start();
      }
      const all = () => machines.reduce((sum, { ran }) => sum + ran.length, 0);
      await until(() => all() >= 2);
      await lose(redis);
      for (const { warns } of machines) await warns("has lost its data");
      const before = all();
      await until(() => all() >= before + 2);
      for (const { warnings, jobs } of machines) {
        expect(warnings.filter((text) => text.includes("has lost its data"))).toHaveLength(1);
        expect(jobs()).toHaveLength(2);
      }
    });

    test("a Redis that may forget jobs is reported", async ({ onTestFinished }) => {
      const { url, command } = await redisFor(onTestFinished);
      command("config", "set", "maxmemory-policy", "allkeys-lru");
      const { start, warns } = ticking(url, onTestFinished);
      start();
      await warns("maxmemory-policy allkeys-lru");
    });

    test.for([
      [
        "memory that is full",
        "has reached its maxmemory",
        ({ command }: RunningRedis) => command("config", "set", "maxmemory", "1"),
        ({ command }: RunningRedis) => command("config", "set", "maxmemory", "0"),
      ],
      [
        "a disk that cannot be written",
        "cannot save to its disk, and so accepts no writes (MISCONF",
        ({ command, dir }: RunningRedis) => {
          rmSync(dir, { recursive: true });
          command("config", "set", "save", "3600 1");
          command("bgsave");
          return until(() => command("info", "persistence").includes("rdb_last_bgsave_status:err"));
        },
        ({ command }: RunningRedis) => command("config", "set", "stop-writes-on-bgsave-error", "no"),
      ],
    ] as const)(
      "%s is reported, and runs go on when there is room",
      async ([, message, fill, free], { onTestFinished }) => {
        const redis = await redisFor(onTestFinished);
        const { start, ran, warns } = ticking(redis.url, onTestFinished);
        await fill(redis);
        start();
        await warns(message);
        free(redis);
        await until(() => ran.length > 0);
      },
    );

    test("a server that stalls for 25 seconds is reported, and runs go on when it answers", async ({
      onTestFinished,
    }) => {
      const redis = await redisFor(onTestFinished);
      const { start, ran, warnings } = ticking(redis.url, onTestFinished);
      start();
      await until(() => ran.length > 0);
      redis.command("client", "pause", "25000", "ALL");
      await until(() => warnings.length > 0, 20);
      const before = ran.length;
      await until(() => ran.length > before + 2, 40);
      expect(warnings).toEqual([
        expect.stringMatching(/cannot be reached \(no answer within \d+ s\)/),
        expect.stringMatching(/is back$/),
      ]);
    });
  },
);
