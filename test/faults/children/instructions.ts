/** Reports that everything is loaded, and waits for what the experiment asks for. A process ends with its experiment. */
export const instructions = <T>(): Promise<T> =>
  new Promise((resolve) => {
    let text = "";
    process.stdin.setEncoding("utf8").on("data", (more) => {
      text += more;
      if (text.endsWith("\n")) resolve(JSON.parse(text));
    });
    process.stdin.on("end", () => process.exit(1));
    process.stdout.write("ready\n");
  });
