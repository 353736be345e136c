import { bullmq } from "onthedot/bullmq";
import { expect, test } from "vitest";
import { masked } from "../../src/engine/bullmq/redis.ts";
import { checkEngine } from "../../src/scheduler/engine-adapter.ts";

const printed = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return String(error);
  }
  return "accepted";
};

test.each([
  "http://localhost?password=hunter2",
  "redis://localhost/hunter2",
  "http://user:hunter2@host",
  "http://user:hun ter2@host hunter2",
  "redis:user:hunter2",
  "redis://user:hunter2",
  `redis://${"a".repeat(600)}:hunter2@`,
  { host: "localhost", password: "hunter2" },
  new URL("redis://:hunter2@localhost"),
  ["redis://u:hunter2@localhost"],
])("what is no address of a Redis is refused, and no password in it is shown: %#", (given) => {
  const refusal = printed(() => bullmq(given as string));
  expect(refusal).toContain("Address of Redis");
  expect(refusal).not.toContain("hunter2");
  expect(printed(() => checkEngine({ url: given } as never))).not.toContain("hunter2");
});

test("an address without anything secret is shown, with what it should be", () => {
  expect(printed(() => bullmq("localhost:6379"))).toContain('"localhost:6379"');
});

test("messages of Redis lose what stands before an @, and nothing else", () => {
  expect(masked("connect redis://me:hunter2@host:6379")).toMatch(/^connect (redis:\/\/)?\*\*\*@host:6379$/);
  expect(masked("connect redis://:hunter2@host:6379")).toMatch(/^connect (redis:\/\/)?\*\*\*@host:6379$/);
  expect(masked("Error running script, on @user_script:113")).toBe(
    "Error running script, on @user_script:113",
  );
});
