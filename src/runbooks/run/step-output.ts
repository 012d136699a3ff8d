import { redactedMark } from "../../core/redact.ts";
import { visible } from "../../core/visible.ts";
import { secretsIn } from "./secret-output.ts";
import { beginsJson, formatOf, structured } from "./structured.ts";
import type { ProgramCall, RunbookWorld } from "./world.ts";
import type { EndedProgram } from "../../host/run-program.ts";

/** More than this is in the file of the step. */
const longestLine = 64 << 10;
const mostLines = 500;

/** The output of a step, without secrets. */
export interface RedactedOutput {
  /** Standard output, if it is a document. */
  readonly data: unknown;
  /** Standard output. */
  readonly text: string;
  /** Both streams, for the record. */
  readonly kept: string;
}

/** Shows the output of a step: line by line as it comes, or at the end where secrets can only be found in all of it. */
export class ShownOutput {
  readonly #call: ProgramCall;
  readonly #world: Pick<RunbookWorld, "redact" | "say">;
  /** Whether standard output is held back; undefined until its first line. */
  #isHeld: boolean | undefined;
  readonly #inKey = new Set<string>();

  constructor(call: ProgramCall, world: Pick<RunbookWorld, "redact" | "say">) {
    this.#call = call;
    this.#world = world;
    if (formatOf(call) !== undefined || secretsIn(call) !== "nowhere") this.#isHeld = true;
  }

  line(line: string, stream: "stdout" | "stderr"): void {
    if (stream === "stdout") {
      if (line.trim() !== "") this.#isHeld ??= beginsJson(line, this.#call);
      if (this.#isHeld === true) return;
    }
    this.#say(line, stream);
  }

  /** Shows standard output that was held back. */
  end({ text }: RedactedOutput, file: string): void {
    if (this.#isHeld !== true || text === "") return;
    const lines = text.trimEnd().split("\n");
    for (const line of lines.slice(0, mostLines)) this.#say(line, "stdout");
    if (lines.length > mostLines) this.#world.say(`  … ${lines.length - mostLines} more lines are in ${file}`);
  }

  #say(line: string, stream: "stdout" | "stderr"): void {
    const wasInKey = this.#inKey.has(stream);
    // A key comes line by line.
    if (/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/.test(line)) this.#inKey.add(stream);
    if (line.includes("-----END ")) this.#inKey.delete(stream);
    const shown = wasInKey ? redactedMark : this.#world.redact(line);
    this.#world.say(`  ${shown.length > longestLine ? `${shown.slice(0, longestLine)}…` : shown}`);
  }
}

/** Reads the output of a step. What may hold a secret where none can be recognised is left out. */
export async function outputOf(
  call: ProgramCall,
  ended: EndedProgram,
  { redact }: Pick<RunbookWorld, "redact">,
): Promise<RedactedOutput> {
  const stderr = redact(ended.stderr);
  const cut = ended.isCut ? "… cut at 8 MiB\n" : "";
  const kept = (stdout: string): string => visible(`${lineOf(stdout)}${lineOf(stderr)}${cut}`.replaceAll("\r\n", "\n"));
  const secrets = secretsIn(call);
  const document = secrets === "anywhere" ? undefined : await structured(ended.stdout, call);
  if (document !== undefined) {
    const text = redact(document.text);
    return { data: document.data, text, kept: kept(text) };
  }
  const isEmpty = ended.stdout.trim() === "";
  if (!isEmpty && secrets !== "nowhere") {
    const text = `${redactedMark} not shown: it may contain the values of secrets`;
    return { data: undefined, text, kept: kept(text) };
  }
  const format = formatOf(call);
  if (!isEmpty && format !== undefined) {
    // Data that cannot be read as a whole may hold a secret anywhere.
    const why = ended.isCut ? "it is longer than 8 MiB" : `it is not the ${format} that was asked for`;
    const text = `${redactedMark} not shown: ${why}`;
    return { data: undefined, text, kept: kept(text) };
  }
  const text = redact(ended.stdout);
  const all = redact(ended.output);
  return { data: undefined, text, kept: visible(`${cut === "" ? all : lineOf(all)}${cut}`.replaceAll("\r\n", "\n")) };
}

function lineOf(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
