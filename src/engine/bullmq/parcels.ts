import type { Instant } from "../../time/instant.ts";
import { day } from "../../time/plain-time.ts";
import type { Delivery, Parcel, Reply } from "../bullmq.ts";
import { instantIn } from "./ids.ts";

/** A start that BullMQ is given. */
export interface Order {
  /** BullMQ's name for it: that of the occurrence, unless it is given for the second time. */
  readonly parcel: string;
  /** The key of the job. */
  readonly job: string;
  /** The name of the occurrence. */
  readonly id: string;
  readonly start: Instant;
}

/** Done jobs stay to be looked at with BullMQ's tools: so many, and no longer. Nothing depends on them. */
const kept = { age: day / 1_000, count: 1_000 };

/** @param now Redis's time */
export const toParcel = ({ parcel, job, id, start }: Order, now: Instant): Parcel => ({
  name: job,
  data: { job, id, at: instantIn(id), start },
  opts: {
    jobId: parcel,
    timestamp: now,
    ...(start > now && { delay: start - now }),
    removeOnComplete: kept,
    removeOnFail: kept,
  },
});

/** Reads the outbox: names and texts in turn. What is no order there is passed over. */
export const readOutbox = (fields: Reply): readonly Order[] => {
  if (!Array.isArray(fields)) return [];
  const orders: Order[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const order = readOrder(String(fields[i]), String(fields[i + 1]));
    if (order) orders.push(order);
  }
  return orders;
};

const readOrder = (parcel: string, text: string): Order | undefined => {
  try {
    const { job, id, start } = JSON.parse(text);
    const at = Number(start) as Instant;
    const isOurs = /^(~\d+)?$/.test(parcel.slice(String(id).length)) && parcel.startsWith(String(id));
    return isOurs && readDelivery({ data: { job, id, at: instantIn(String(id)), start: at } } as Delivery)
      ? { parcel, job, id, start: at }
      : undefined;
  } catch {
    return undefined;
  }
};

/** What a job of BullMQ's says that we put there. */
export interface Delivered {
  readonly job: string;
  readonly id: string;
  readonly at: Instant;
  readonly start: Instant;
}

/** Reads what BullMQ delivers, and trusts nothing in it. Undefined when it is not of our making. */
export const readDelivery = ({ data }: Delivery): Delivered | undefined => {
  if (typeof data !== "object" || data === null) return undefined;
  const { job, id, at, start } = data as Record<string, unknown>;
  if (typeof job !== "string" || typeof id !== "string" || id.length > 200) return undefined;
  if (!Number.isSafeInteger(at) || !Number.isSafeInteger(start)) return undefined;
  if (!id.startsWith(`${job}@${at}.`) || !/^\d+(\+now)?$/.test(id.slice(`${job}@${at}.`.length)))
    return undefined;
  return { job, id, at: at as Instant, start: start as Instant };
};
