import { expect, test } from "vitest";
import { buildersAt, written } from "./builders.ts";

/** Chains, and below each the value that every other way of writing the same gives; tables of chains that are equal are in phrases.test.ts. */
const table = `
every(5).seconds
  {"kind":"interval","every":5000}
every(5).seconds.fixedDelay()
  {"kind":"interval","every":5000,"fixedDelay":true}
every(5).to(10).minutes
  {"kind":"interval","every":300000,"random":{"to":600000,"unit":60000}}
every().day
  {"kind":"calendar","step":{"every":1,"unit":"day"},"times":{"kind":"anchor"}}
every(2).days
  {"kind":"calendar","step":{"every":2,"unit":"day"},"times":{"kind":"anchor"}}
every().day.at("09:00")
  {"kind":"calendar","times":{"kind":"list","at":["09:00"]}}
every(15).minutes.aligned().on("weekend")
  {"kind":"calendar","dates":{"weekdays":[6,7]},"times":{"kind":"fields","minutes":[0,15,30,45],"seconds":[0],"follows":"elapsed"}}
every().minute.at(":15", ":45")
  {"kind":"calendar","times":{"kind":"fields","seconds":[15,45],"follows":"elapsed"}}
every().monday
  {"kind":"calendar","dates":{"weekdays":[1]},"times":{"kind":"anchor"}}
every(2).weeks.on("thursday", "monday").at("09:00")
  {"kind":"calendar","step":{"every":2,"unit":"week"},"dates":{"weekdays":[1,4]},"times":{"kind":"list","at":["09:00"]}}
every(2).to(4).days.at("09:00").starting("2026-12-01")
  {"kind":"bounded","of":{"kind":"calendar","step":{"every":2,"to":4,"unit":"day"},"times":{"kind":"list","at":["09:00"]}},"starting":1796083200000}
every(3).days.at("09:00")
  {"kind":"bounded","of":{"kind":"calendar","step":{"every":3,"unit":"day"},"times":{"kind":"list","at":["09:00"]}},"starting":1795564800000}
every(2).hours.at(":30")
  {"kind":"bounded","of":{"kind":"interval","every":7200000},"starting":1795375800000}
every(15).minutes.between("08:00", "22:00")
  {"kind":"calendar","times":{"kind":"grid","every":900000,"windows":[{"from":"08:00","to":"22:00"}]}}
every().day.at("09:00").between("08:00", "22:00")
  {"kind":"within","of":{"kind":"calendar","times":{"kind":"list","at":["09:00"]}},"windows":[{"from":"08:00","to":"22:00"}]}
every(15).minutes.between("08:00", "22:00").fixedDelay()
  {"kind":"within","of":{"kind":"interval","every":900000,"fixedDelay":true},"windows":[{"from":"08:00","to":"22:00"}]}
every().day.at("09:00").in("Asia/Tokyo").times(9).until("2027-01-01T00:00:00Z").except("monday")
  {"kind":"zoned","zone":"Asia/Tokyo","of":{"kind":"bounded","of":{"kind":"except","of":{"kind":"calendar","times":{"kind":"list","at":["09:00"]}},"not":[{"kind":"dates","dates":{"weekdays":[1]}}]},"until":1798761600000,"times":9}}
every(2).hours.at(":30").except("monday").until("2027-01-01T00:00:00Z")
  {"kind":"bounded","of":{"kind":"except","of":{"kind":"interval","every":7200000},"not":[{"kind":"dates","dates":{"weekdays":[1]}}]},"starting":1795375800000,"until":1798761600000}
once("2027-02-03 04:05")
  {"kind":"once","at":1801627500000}
every().day.at("09:00").or(every(5).seconds)
  {"kind":"union","of":[{"kind":"calendar","times":{"kind":"list","at":["09:00"]}},{"kind":"interval","every":5000}]}
`;

test.each(
  table
    .trim()
    .split(/\n(?! )/)
    .map((row) => row.split("\n  ")),
)("%s is %s", (chain, value) => {
  const recurrence = written(chain!, buildersAt("2026-11-22 17:40:12.250")).recurrence();
  expect(recurrence).toEqual(JSON.parse(value!));
});
