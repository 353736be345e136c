// You will see a web server with a job in the background: open http://localhost:3000 and reload. Ctrl-C ends both.
import { createServer } from "node:http";
import { every, nextRun, start, stop } from "onthedot";

//  APScheduler                                             here
//  scheduler = BackgroundScheduler()
//  scheduler.add_job(refresh, "interval", seconds=1)       every().second.do(refresh)
//  scheduler.start()                                       start()
//  app.run(port=3000)                                      server.listen(3000)

let visitors = 0;
let report = "nothing yet";

function refresh() {
  report = `${visitors} visitors`;
}

every().second.do(refresh);
start(); // silent, and it returns at once; run() is for scripts that do nothing else

const server = createServer((_request, response) => {
  visitors++;
  response.end(`${report}; next look at ${nextRun()?.toLocaleTimeString("en-GB")}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), () => console.log("listening"));

process.once("SIGINT", async () => {
  server.close();
  await stop();
  console.log("stopped");
});

// It prints, until Ctrl-C:
//=> listening
//=> stopped
