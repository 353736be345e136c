// You will see a page that shows these jobs live: countdowns, the failing one with its line, and buttons to run and pause.
import { every, run } from "onthedot";

//  $ npx tsx examples/25-the-page.ts
//
//  The terminal shows the address, with a secret that opens the page on this machine alone. For a script that runs
//  without a terminal, choose a port and a token: PORT=8080 PAGE_TOKEN=at-least-16-characters npx tsx …
//  In your own script, run({ page: true }) or --page does it, and --open opens the browser as well.

let photos = 0;

every(5).seconds.do(function tick() {
  console.log("tick");
});

every(12).seconds.do(async function syncPhotos({ signal }) {
  while (!signal.aborted && ++photos % 10 > 0) await new Promise((go) => setTimeout(go, 800));
  console.log(`${photos} photos`);
});

every(15).seconds.do(function checkPrice() {
  const offer = JSON.parse("{}");
  console.log("PS5", offer.ps5.price);
});

every("weekday at 9am").do(function standup() {});
every("每天早上8点")
  .named("早餐")
  .do(function breakfast() {});
every("last friday of the month at 17:00").do(function invoices() {});
every(1)
  .hours.do(function backup() {})
  .pause();

run({ page: { port: Number(process.env.PORT ?? 0), token: process.env.PAGE_TOKEN } });

// It prints, until Ctrl-C:
//=> tick
