import { assemble } from "../../src/create.ts";
import type { DailyWindow } from "../../src/recurrence/recurrence.ts";
import { rehearse } from "../../src/simulate/simulate.ts";
import { type Timeline, timelineOf } from "../../src/simulate/timeline.ts";
import { later, type Milliseconds } from "../../src/time/instant.ts";
import { day } from "../../src/time/plain-time.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";

/** A name that would break every format which does not look after itself. */
export const hostileName =
  '</style><script>alert(1)</script>" onmouseover="x" \'&amp; ]]> %h %n $HOME `id`\u0000\u0007\u001b[31m\u202e\r\nBEGIN:VEVENT\\;,\ud800';

/** The jobs of one household. */
export const household = async (
  from: string,
  days: number,
  { asleep, extra }: { readonly asleep?: DailyWindow; readonly extra?: string } = {},
): Promise<Timeline> => {
  const clock = new VirtualClock(from);
  const { schedule, scheduler } = assemble({ clock, zone: "Europe/Berlin" });
  const { every, once } = schedule;
  const nothing = () => {};
  every(15).minutes.between("08:00", "22:00").named("priceCheck").do(nothing);
  every(3).days.at("18:00").named("浇花 waterPlants").do(nothing);
  every().day.at("02:30").named("backupPhotos").do(nothing);
  every().weekday.at("09:00").named("standup").do(nothing);
  every().sunday.at("20:00").in("America/New_York").named("call home").do(nothing);
  every().month.on(1).at("10:00").named("rent").do(nothing);
  once("2030-01-01").named("far away").do(nothing);
  every().hour.named("asleep").do(nothing).pause();
  if (extra !== undefined) every().day.at("07:07").named(extra).do(nothing);
  return timelineOf(
    await rehearse(scheduler, clock.now(), later(clock.now(), (days * day) as Milliseconds), {
      ...(asleep && { asleep }),
    }),
  );
};

export const week = "2026-11-22T16:40:00Z";
/** The Friday before the clocks go forward. */
export const beforeGap = "2027-03-26T12:00:00Z";
