import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type AtEnd, tally } from "./contract.ts";
import { scriptFolder, startProcess } from "./process.ts";
import { hasRedis, needsRedis, type RunningRedis, startRedis } from "./redis.ts";
import { machineOn, pass, until } from "./shared.ts";

/** @param seconds how long a run takes */
const scriptOf = (seconds: number) => `
import { every, run } from "onthedot";
import { bullmq } from "onthedot/bullmq";
every(1).second.named("tick").do(async () => {
  console.log("began");
  await new Promise((go) => setTimeout(go, ${seconds * 1_000}));
  console.log("ticked");
});
run({ engine: bullmq(process.env.REDIS!) });
`;
const script = scriptOf(0);

/** A server that speaks TLS with a certificate of its own making. */
const secureServer = async (atEnd: AtEnd): Promise<number> => {
  const folder = scriptFolder(atEnd, {});
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = spawnSync(
    "openssl",
    `req -x509 -newkey rsa:2048 -nodes -keyout ${key} -out ${cert} -days 2 -subj /CN=localhost`.split(" "),
  );
  expect(made.status).toBe(0);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) =>
    socket.on("error", () => {}),
  );
  server.on("tlsClientError", () => {});
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  atEnd(() => void server.close());
  return (server.address() as { port: number }).port;
};

describe.skipIf(!hasRedis)(needsRedis("with a wrong address"), { concurrent: true, timeout: 60_000 }, () => {
  let locked: RunningRedis;
  let open: RunningRedis;
  beforeAll(async () => {
    locked = await startRedis({ password: "hunter2" });
    locked.command("acl", "setuser", "weak", "on", ">hunter3", "~bull:*", "&*", "+@all", "-info");
    open = await startRedis();
  });
  afterAll(() => Promise.all([locked.stop(), open.stop()]));

  test.for([
    ["no password", (): string => `redis://127.0.0.1:${locked.port}`, "rejected this user and password"],
    [
      "a wrong password",
      (): string => `redis://:hunter9@127.0.0.1:${locked.port}`,
      "rejected this user and password",
    ],
    [
      "a user who may not",
      (): string => `redis://weak:hunter3@127.0.0.1:${locked.port}`,
      "lacks a permission",
    ],
    [
      "no such machine",
      (): string => "redis://no-such-host.invalid:6379",
      "There is no host no-such-host.invalid:6379",
    ],
    ["no such database", (): string => `redis://127.0.0.1:${open.port}/99`, "has no such database"],
  ] as const)("%s: a script ends with a clear error", async ([, url, message], { onTestFinished }) => {
    const folder = scriptFolder(onTestFinished, { "jobs.ts": script });
    const running = startProcess(onTestFinished, folder, "jobs.ts", [], { REDIS: url() });
    expect([await running.ended, running.output()]).toEqual([1, expect.stringContaining(message)]);
    expect(running.output()).not.toMatch(/hunter|ticked/);
  });

  test("TLS with a certificate that nobody vouches for: a script ends with a clear error", async ({
    onTestFinished,
  }) => {
    const port = await secureServer(onTestFinished);
    const folder = scriptFolder(onTestFinished, { "jobs.ts": script });
    const running = startProcess(onTestFinished, folder, "jobs.ts", [], {
      REDIS: `rediss://127.0.0.1:${port}`,
    });
    expect([await running.ended, running.output()]).toEqual([
      1,
      expect.stringContaining("self-signed certificate"),
    ]);
  });

  test.for([
    ["redis:// where TLS is used", async (atEnd: AtEnd) => `redis://127.0.0.1:${await secureServer(atEnd)}`],
    ["rediss:// where none is used", async () => `rediss://127.0.0.1:${open.port}`],
  ] as const)("%s: a script asks about TLS, and stops on Ctrl-C", async ([, url], { onTestFinished }) => {
    const folder = scriptFolder(onTestFinished, { "jobs.ts": script });
    const REDIS = await url(onTestFinished);
    const running = startProcess(onTestFinished, folder, "jobs.ts", [], { REDIS });
    await running.says("does it expect TLS (rediss://) or not (redis://)?");
    running.kill("SIGINT");
    expect(await running.ended).toBe(0);
  });
});

test.skipIf(!hasRedis)(
  needsRedis("in a program that does other things a wrong password is a warning"),
  async () => {
    const redis = await startRedis({ password: "hunter2" });
    onTestFinished(() => redis.stop());
    const { every, start, warnings } = machineOn(redis.url.replace("hunter2", "hunter3"), onTestFinished);
    every(1)
      .hour.named("any")
      .do(() => {});
    start();
    await until(() => warnings.length > 0);
    expect(warnings).toEqual([
      expect.stringMatching(/^nothing is started: .* rejected this user and password/),
    ]);
  },
);

describe.skipIf(!hasRedis)(needsRedis("when Redis is away"), { concurrent: true, timeout: 60_000 }, () => {
  test("a script that starts before its Redis says so once, waits, and begins when it is there", async ({
    onTestFinished,
  }) => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    await redis.kill();
    const folder = scriptFolder(onTestFinished, { "jobs.ts": script });
    const running = startProcess(onTestFinished, folder, "jobs.ts", [], { REDIS: redis.url });
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
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const once = script.replace("every(1).second", "every(1).hour.immediately()");
    const folder = scriptFolder(onTestFinished, { "jobs.ts": once });
    const running = startProcess(onTestFinished, folder, "jobs.ts", [], { REDIS: redis.url });
    await running.says("ticked");
    // Redis knows of the run: nothing is left that it does not know.
    await until(() => redis.command("llen", "bull:onthedot.records:job~tick:logs") === "1");
    await redis.kill();
    await running.says("cannot be reached");
    running.kill("SIGINT");
    expect(await running.ended).toBe(0);
  });

  test("a script that ends before Redis could record a run says so with its exit code", async ({
    onTestFinished,
  }) => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const folder = scriptFolder(onTestFinished, { "jobs.ts": scriptOf(2) });
    const running = startProcess(onTestFinished, folder, "jobs.ts", [], { REDIS: redis.url });
    await running.says("began");
    await redis.kill();
    await running.says("ticked");
    running.kill("SIGINT");
    expect(await running.ended).toBe(1);
  });

  test("nothing is lost while Redis keeps what it holds", async ({ onTestFinished }) => {
    const redis = await startRedis({ appendOnly: true });
    onTestFinished(() => redis.stop());
    const { every, start, stop, warnings } = machineOn(redis.url, onTestFinished, { horizon: "4 seconds" });
    const job = every(1)
      .second.named("tick")
      .catchUp("all")
      .do(() => {});
    start();
    await until(() => job.history().length >= 2);
    await redis.kill();
    await pass(5);
    await redis.restart();
    // What was on its way when Redis died comes back when its lock has run out.
    const planned = () => job.history().map(({ scheduled }) => scheduled.getTime());
    const hasGap = () => planned().some((at, i, all) => i > 0 && at - all[i - 1]! !== 1_000);
    await until(() => planned().length >= 9 && !hasGap(), 40, planned);
    await stop();
    expect(Object.keys(tally(job))).toEqual(["succeeded"]);
    expect(warnings).toEqual([
      expect.stringMatching(/^Redis at 127.0.0.1:\d+ cannot be reached/),
      expect.stringMatching(/is back$/),
    ]);
  });

  test.for([
    ["emptied", async (redis: RunningRedis): Promise<void> => void redis.command("flushall")],
    [
      "started anew without what it held",
      async (redis: RunningRedis): Promise<void> => {
        await redis.kill();
        await redis.restart();
      },
    ],
  ] as const)(
    "a Redis that was %s is noticed and reported, and everything goes on",
    async ([, lose], { onTestFinished }) => {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const machines = [0, 1].map(() => {
        const machine = machineOn(redis.url, onTestFinished);
        const ran: number[] = [];
        machine
          .every(1)
          .second.named("tick")
          .do(() => void ran.push(1));
        machine
          .every(1)
          .hour.named("rare")
          .do(() => {});
        machine.start();
        return { ...machine, ran };
      });
      const all = () => machines.reduce((sum, { ran }) => sum + ran.length, 0);
      await until(() => all() >= 2);
      await lose(redis);
      await until(() =>
        machines.every(({ warnings }) => warnings.some((text) => text.includes("has lost its data"))),
      );
      const before = all();
      await until(() => all() >= before + 2);
      for (const { warnings, jobs } of machines) {
        expect(warnings.filter((text) => text.includes("has lost its data"))).toHaveLength(1);
        expect(jobs()).toHaveLength(2);
      }
    },
  );
});

test.skipIf(!hasRedis)(needsRedis("a Redis that may forget jobs is reported"), async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  redis.command("config", "set", "maxmemory-policy", "allkeys-lru");
  const { every, start, warnings } = machineOn(redis.url, onTestFinished);
  every(1)
    .hour.named("any")
    .do(() => {});
  start();
  await until(() => warnings.length > 0);
  expect(warnings).toEqual([expect.stringContaining("maxmemory-policy allkeys-lru")]);
});

describe.skipIf(!hasRedis)(
  needsRedis("with a server that is not fit"),
  { concurrent: true, timeout: 60_000 },
  () => {
    const records = "bull:onthedot.records:";
    const definition = {
      name: "tick",
      source: "every(1).second",
      zoneName: "UTC",
      recurrence: { kind: "interval", every: 1_000 },
      anchor: 0,
      by: "x",
    };
    const withData = (data: string) => (redis: RunningRedis) => {
      redis.command(
        "hset",
        `${records}job~tick`,
        "name",
        "job",
        "data",
        data,
        "opts",
        "{}",
        "timestamp",
        "1",
      );
    };

    test.for([
      [
        "a text where a hash is expected",
        (redis: RunningRedis): unknown => redis.command("set", `${records}job~tick`, "x"),
        "holds something else under a key",
      ],
      [
        "a text where BullMQ keeps its list",
        (redis: RunningRedis): unknown => redis.command("set", "bull:onthedot:wait", "x"),
        "holds something else under a key",
      ],
      ["data that is not JSON", withData("{"), "not JSON"],
      [
        "a number that is none",
        withData(JSON.stringify({ ...definition, anchor: "soon" })),
        "its anchor is not a time",
      ],
      [
        "a number beyond all times",
        withData(JSON.stringify({ ...definition, anchor: 1e300 })),
        "its anchor is not a time",
      ],
      [
        "a schedule that is none",
        withData(JSON.stringify({ ...definition, recurrence: { kind: "never" } })),
        "in Redis is not what onthedot wrote there",
      ],
      [
        "progress that is none",
        (redis: RunningRedis): unknown => {
          withData(JSON.stringify(definition))(redis);
          return redis.command("hset", `${records}job~tick`, "progress", '{"decided":"soon"}');
        },
        "its progress is not a time",
      ],
      [
        "a count of runs that is none",
        (redis: RunningRedis): unknown => {
          withData(JSON.stringify(definition))(redis);
          const beat = { anchor: 0, runCount: 0.5 };
          const progress = JSON.stringify({ decided: null, seen: 0, beat });
          return redis.command("hset", `${records}job~tick`, "progress", progress);
        },
        "its beat is not a time and a count",
      ],
      [
        "an end that is none",
        (redis: RunningRedis): unknown => {
          withData(JSON.stringify(definition))(redis);
          return redis.command(
            "hset",
            `${records}ended~tick`,
            "data",
            '{"why":"bored"}',
            "opts",
            "{}",
            "timestamp",
            "1",
          );
        },
        "no end of a job",
      ],
      [
        "a zone that is none",
        withData(JSON.stringify({ ...definition, zoneName: "Mars/Base" })),
        "in Redis is not what onthedot wrote there",
      ],
    ] as const)(
      "%s: a script ends with an error that names the key",
      async ([, spoil, message], { onTestFinished }) => {
        const redis = await startRedis();
        onTestFinished(() => redis.stop());
        spoil(redis);
        const folder = scriptFolder(onTestFinished, { "jobs.ts": script });
        const running = startProcess(onTestFinished, folder, "jobs.ts", [], { REDIS: redis.url });
        expect([await running.ended, running.output()]).toEqual([1, expect.stringContaining(message)]);
        expect(running.output()).toMatch(/bull:onthedot|@user_script|key of this queue/);
      },
    );

    test.for([
      ["in cluster mode", ["--cluster-enabled", "yes"], "cluster mode, which is not supported"],
      ["a read-only replica", ["--replicaof", "127.0.0.1", "1"], "is a read-only replica"],
    ] as const)(
      "%s: a script ends with an error that says so",
      async ([, args, message], { onTestFinished }) => {
        const redis = await startRedis({ args });
        onTestFinished(() => redis.stop());
        const folder = scriptFolder(onTestFinished, { "jobs.ts": script });
        const running = startProcess(onTestFinished, folder, "jobs.ts", [], { REDIS: redis.url });
        expect([await running.ended, running.output()]).toEqual([1, expect.stringContaining(message)]);
      },
    );

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
        const redis = await startRedis();
        onTestFinished(() => redis.stop());
        const { every, start, warnings } = machineOn(redis.url, onTestFinished);
        const ran: number[] = [];
        every(1)
          .second.named("tick")
          .do(() => void ran.push(1));
        await fill(redis);
        start();
        await until(() => warnings.some((text) => text.includes(message)));
        free(redis);
        await until(() => ran.length > 0);
      },
    );

    test("a Redis that is too old: a script ends with an error that says so", async ({ onTestFinished }) => {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      // A server in front of it that gives another version, of the same length, in the answer to INFO.
      const version = /^(redis_version:)\d\.\d\.(.*)/m;
      const sockets: Socket[] = [];
      const old = createTcpServer((client) => {
        const server = connect(redis.port, "127.0.0.1");
        sockets.push(client, server);
        for (const socket of [client, server]) socket.on("error", () => {});
        client.pipe(server);
        server.on("data", (data) =>
          client.write(data.toString("latin1").replace(version, "$16.0.$2"), "latin1"),
        );
      });
      await new Promise<void>((go) => old.listen(0, "127.0.0.1", go));
      onTestFinished(() => {
        for (const socket of sockets) socket.destroy();
        old.close();
      });
      const REDIS = `redis://127.0.0.1:${(old.address() as { port: number }).port}`;
      const folder = scriptFolder(onTestFinished, { "jobs.ts": script });
      const running = startProcess(onTestFinished, folder, "jobs.ts", [], { REDIS });
      const message = expect.stringMatching(/Redis 6\.0 at \S+ is too old.*Redis 6\.2 or later/s);
      expect([await running.ended, running.output()]).toEqual([1, message]);
    });

    test("a server that stalls for 25 seconds is reported, and runs go on when it answers", async ({
      onTestFinished,
    }) => {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const { every, start, warnings } = machineOn(redis.url, onTestFinished);
      const ran: number[] = [];
      every(1)
        .second.named("tick")
        .do(() => void ran.push(1));
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
