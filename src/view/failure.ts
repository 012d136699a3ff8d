import packageFile from "../../package.json" with { type: "json" };
import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { GlobalOptions } from "../core/global-flags.ts";
import { envelope } from "../core/outcome.ts";
import type { Host } from "../host/host.ts";
import { painter } from "./paint.ts";
import { oneLine, visible } from "../core/visible.ts";

/**
 * Reports an error and its next steps on stderr. With a machine-readable output, writes them there as one JSON document
 * of kind Failure, and leaves stdout empty.
 */
export function writeFailure(error: unknown, host: Host, output: GlobalOptions["output"]): void {
  if (["json", "ndjson", "yaml"].includes(output)) {
    host.stderr.write(`${visible(JSON.stringify(envelope(toDocument(error))))}\n`);
    return;
  }
  const paint = painter(host.stderr.isTTY, host.env);
  const [label, text, next] =
    error instanceof AppError
      ? ["error:", `${indented(error.message)} ${paint("dim", `[${error.code}]`)}`, error.next]
      : ["internal error:", bugReport(error), ["Please report it with the lines above and the command you ran."]];
  const lines = [`${paint("bad", label)} ${text}`, ...next.map((each) => `  ${paint("strong", "→")} ${oneLine(each)}`)];
  host.stderr.write(`${lines.join("\n")}\n`);
}

/** Indents continuation lines, so that none of them looks like one of gennet's own lines. */
function indented(message: string): string {
  return visible(message.trimEnd()).replaceAll("\n", "\n       ");
}

function bugReport(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `this is a bug in gennet ${packageFile.version}; you did nothing wrong.\n${visible(stack)}`;
}

/** The document on stderr in place of an answer. */
export interface Failure {
  readonly kind: "Failure";
  readonly code: string;
  readonly exit: number;
  readonly message: string;
  readonly next: readonly string[];
}

function toDocument(error: unknown): Failure {
  if (error instanceof AppError) {
    return { kind: "Failure", code: error.code, exit: error.exit, message: error.message, next: error.next };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    kind: "Failure",
    code: "INTERNAL",
    exit: exit.internal,
    message: `a bug in gennet ${packageFile.version}: ${message}`,
    next: ["Please report it with this message and the command you ran."],
  };
}
