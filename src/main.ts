import { AppError, ReaderLeft } from "./core/error.ts";
import { helpTree } from "./help-tree.ts";
import { exit, type Exit } from "./core/exit.ts";
import { unexplainedFileError } from "./core/file-error.ts";
import type { GlobalOptions } from "./core/global-flags.ts";
import type { Context } from "./context.ts";
import type { Host } from "./host/host.ts";
import type { CommandTree, Request } from "./program.ts";
import { writeFailure } from "./view/failure.ts";
import { requestedGroupHelp } from "./view/help.ts";

/**
 * Parses, runs and renders one command line; without `tree`, of gennet's own commands. The only place that maps results
 * and errors to an exit code.
 */
export async function main(argv: readonly string[], host: Host, tree?: CommandTree<Context>): Promise<Exit> {
  let output: GlobalOptions["output"] = "table";
  try {
    const help = requestedGroupHelp(argv, tree ?? helpTree, host.stdout.columns);
    const request = help === undefined ? await parsed(argv, host, tree) : { text: help };
    if ("error" in request) {
      output = request.output;
      throw request.error;
    }
    if ("text" in request) {
      host.stdout.write(request.text);
      await host.stdout.flush();
      return exit.ok;
    }
    output = request.globals.output;
    const code = await (await import("./perform.ts")).perform(request, argv, host);
    await host.stdout.flush();
    return code;
  } catch (thrown) {
    const error = unexplainedFileError(thrown);
    if (!(error instanceof ReaderLeft)) writeFailure(error, host, output);
    return error instanceof AppError ? error.exit : exit.internal;
  }
}

/** Declarations and the parser take longer to load than help takes. */
async function parsed(argv: readonly string[], host: Host, tree?: CommandTree<Context>): Promise<Request<Context>> {
  const [{ parse }, { commands }] = await Promise.all([import("./program.ts"), import("./commands/index.ts")]);
  return parse(argv, tree ?? { commands, groups: helpTree.groups }, host);
}
