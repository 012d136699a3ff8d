import packageFile from "../../package.json" with { type: "json" };
import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { GlobalOptions } from "../core/global-flags.ts";
import { envelope } from "../core/outcome.ts";
import type { Host } from "../host/host.ts";
import { painter } from "./paint.ts";

/**
 * Says on stderr what went wrong and what to do next. With a machine-readable output the same goes there as
 * one JSON document of kind Failure, and stdout stays empty.
 */
export function writeFailure(error: unknown, host: Host, globals: GlobalOptions | undefined): void {
  const machine = globals !== undefined && ["json", "ndjson", "yaml"].includes(globals.output);
  if (machine) {
    host.stderr.write(`${JSON.stringify(envelope(toDocument(error)))}\n`);
    return;
  }
  const paint = painter(host.stderr.isTTY, host.env);
  if (error instanceof AppError) {
    const lines = [`${paint("bad", "error:")} ${error.message} ${paint("dim", `[${error.code}]`)}`];
    for (const next of error.next) lines.push(`  ${paint("strong", "→")} ${next}`);
    host.stderr.write(`${lines.join("\n")}\n`);
    return;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  host.stderr.write(
    `${paint("bad", "internal error:")} this is a bug in gennet ${packageFile.version}, not a mistake of yours.\n` +
      `${stack}\n` +
      `  ${paint("strong", "→")} Please report it with the lines above and the command you ran.\n`,
  );
}

interface FailureDocument {
  readonly kind: "Failure";
  readonly code: string;
  readonly exit: number;
  readonly message: string;
  readonly next: readonly string[];
}

function toDocument(error: unknown): FailureDocument {
  if (error instanceof AppError) {
    return { kind: "Failure", code: error.code, exit: error.exit, message: error.message, next: error.next };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "Failure", code: "INTERNAL", exit: exit.internal, message, next: [] };
}
