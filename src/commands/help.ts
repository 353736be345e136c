import { startCommand } from "../report/stack.ts";
import { usageLines } from "../terminal/style.ts";
import { texts } from "../text/text.ts";
import { type CommandName, command, usageOf } from "./command.ts";

/** Lists all commands and flags of a script, or of `npx onthedot`, which has more; or shows how one is called. */
export const help = command("help", 1, {}, ({ hasScript, style, print, program }, _, [asked]) => {
  const { usages, packageUsages, flags, help } = texts().commands;
  const ofScript = Object.keys(usages).filter((name) => name !== "help");
  // What needs no script comes first.
  const all = hasScript ? ofScript : ["next", "explain", ...Object.keys(packageUsages), ...ofScript];
  const names = [...new Set(all)] as CommandName[];
  const one = names.find((name) => name === asked);
  if (one) {
    const [call, summary] = usageOf(one, hasScript);
    return print(["", `  ${program} ${call}`, "", `  ${summary}`, ""]);
  }
  const rows = names.map((name) => {
    const [call, summary] = usageOf(name, hasScript);
    // The options of one command are shown by its own --help.
    return [call.replace(/ \[--.*/, " …"), summary] as const;
  });
  print([
    "",
    `  ${program} ${help.command}`,
    "",
    ...usageLines(rows, style),
    "",
    ...(hasScript ? help.notes : help.scripts(startCommand("myjobs.ts"))).map((line) => `  ${line}`),
    ...(hasScript
      ? ["", `  ${program}   ${help.start}`, "", ...usageLines(Object.entries(flags), style)]
      : []),
    "",
  ]);
});
