import { startCommand } from "../report/stack.ts";
import { usageLines } from "../terminal/style.ts";
import { texts } from "../text/text.ts";
import { type Command, type CommandName, type Commands, command } from "./command.ts";

/** Lists all commands and flags of a script, or of `npx onthedot`. */
export const helpOf = (commands: Commands): Command =>
  command("help", async (context) => {
    const { args, hasScript, style, print, program } = context;
    const one = (Object.keys(commands) as CommandName[]).find((name) => name === args[0]);
    if (one && one !== "help") return (await commands[one].load())({ ...context, args: ["--help"] });
    const { usages, flags, help, file } = texts().commands;
    const names = (Object.keys(commands) as CommandName[]).filter(
      (name) => name !== "help" && !(hasScript && commands[name].about === "nothing"),
    );
    // What needs no script comes first where there is none.
    if (!hasScript) names.sort((a, b) => Number(needsScript(commands, a)) - Number(needsScript(commands, b)));
    const rows = names.map((name) => {
      const [full, summary] = usages[name];
      // The options of one command are shown by its own --help.
      const usage = full.replace(/ \[--.*/, " …");
      const isOfFile = !hasScript && needsScript(commands, name);
      return [isOfFile ? usage.replace(name, `${name} ${file}`) : usage, summary] as const;
    });
    print(["", `  ${program} ${help.command}`, "", ...usageLines(rows, style), ""]);
    print((hasScript ? help.notes : help.scripts(startCommand("myjobs.ts"))).map((line) => `  ${line}`));
    if (hasScript)
      print(["", `  ${program}   ${help.start}`, "", ...usageLines(Object.entries(flags), style)]);
    print([""]);
    return 0;
  });

const needsScript = (commands: Commands, name: CommandName): boolean => commands[name].about === "jobs";
