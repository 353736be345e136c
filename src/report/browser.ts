/** Opens the browser; if that fails, the address is on the terminal. */
export const openBrowser = (address: string): void => {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler"]
        : ["xdg-open"];
  spawn(command!, [...args, address], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
};
