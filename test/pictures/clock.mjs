/**
 * Loaded before a script that is pictured: its clock stands at the moment `PICTURED_AT` until the first line is written, however long it takes to load,
 * and goes on from there.
 */
const start = Date.parse(process.env.PICTURED_AT);
const { Date: RealDate, performance } = globalThis;
const monotonic = performance.now.bind(performance);
let begin;
const passed = () => (begin === undefined ? 0 : monotonic() - begin);

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [start + passed()] : given));
  }
  static now() {
    return Math.floor(start + passed());
  }
};
performance.now = passed;

const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (...printed) => {
  begin ??= monotonic();
  return write(...printed);
};
