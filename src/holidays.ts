/**
 * Named days for a schedule to keep to or leave out.
 *
 * ```ts
 * import { every, run } from "onthedot";
 * import { days, holidays, workdays } from "onthedot/holidays";
 *
 * every().weekday.at("09:00").except(holidays("DE", "BY")).do(function report() {});
 * every().day.at("08:30").on(workdays("CN")).do(function checkIn() {});
 * every().day.at("18:00").except(days("days off", ["2026-12-24", "2026-12-31"])).do(function walk() {});
 * run();
 * ```
 *
 * @module onthedot/holidays
 */
export { days, holidays, type NamedDays, workdays } from "./fluent/day-sets.ts";
