/** Says that all is loaded, and waits for what the experiment wants. A process ends with its experiment. */
export const told = <T>(): Promise<T> =>
  new Promise((resolve) => {
    let text = "";
    process.stdin.setEncoding("utf8").on("data", (more) => {
      text += more;
      if (text.endsWith("\n")) resolve(JSON.parse(text));
    });
    process.stdin.on("end", () => process.exit(1));
    process.stdout.write("ready\n");
  });
