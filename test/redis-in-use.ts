import { Redis } from "ioredis";

/** Watches every connection of this process to Redis from now on. To be called before the first one is opened. */
export const watchRedis = () => {
  const clients = new Set<Redis>();
  let waiting = 0;
  const { sendCommand } = Redis.prototype;
  Redis.prototype.sendCommand = function (this: Redis, ...args) {
    clients.add(this);
    const answer = sendCommand.apply(this, args);
    waiting++;
    const end = () => waiting--;
    Promise.resolve(answer).then(end, end);
    return answer;
  };
  return {
    /** Resolves when no answer is waited for any more. */
    async quiet(): Promise<void> {
      for (let turns = 0; turns < 5; turns++) {
        if (waiting > 0) turns = 0;
        await new Promise((go) => setImmediate(go));
      }
    },
    disconnect(): void {
      for (const client of clients) client.disconnect();
      clients.clear();
    },
  };
};
