import { startCommand } from "../report/stack.ts";
import { usageLines } from "../terminal/style.ts";
import { texts } from "../text/text.ts";
import { type Command, type CommandName, command } from "./command.ts";

/** Lists all commands and flags of a script, or of `npx onthedot`, which has more; or shows how one is called. */
export const helpOf = (ofPackage: readonly CommandName[]): Command =>
  command("help", 1, {}, ({ hasScript, style, print, program }, _, [asked]) => {
    const { usages, flags, help, file } = texts().commands;
    const names = (Object.keys(usages) as CommandName[]).filter((name) => name !== "help");
    const one = names.find((name) => name === asked);
    if (one) return print(["", `  ${program} ${usages[one][0]}`, "", `  ${usages[one][1]}`, ""]);
    const needsNone = [...ofPackage, "next", "explain"];
    const needsScript = names.filter((name) => !needsNone.includes(name));
    const listed = hasScript
      ? names.filter((name) => !ofPackage.includes(name))
      : [...names.filter((name) => needsNone.includes(name)), ...needsScript];
    const rows = listed.map((name) => {
      const [full, summary] = usages[name];
      // The options of one command are shown by its own --help.
      const usage = full.replace(/ \[--.*/, " …");
      const isOfFile = !hasScript && needsScript.includes(name);
      return [isOfFile ? usage.replace(name, `${name} ${file}`) : usage, summary] as const;
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
