import type { HelpTree } from "./view/help.ts";
import { groups } from "./commands/groups.ts";
import { commands } from "./commands/index.ts";

/**
 * What the help of groups shows. build/bundle.mjs evaluates this module, so that the bundle contains plain data: help
 * needs no declaration of a command.
 */
export const helpTree: HelpTree = {
  commands: commands.map(({ path, summary, hidden }) => ({
    path,
    summary,
    ...(hidden === undefined ? {} : { hidden }),
  })),
  groups,
};
