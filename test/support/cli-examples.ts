import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { nonEmpty } from "./non-empty.ts";
import { referees } from "./referees.ts";

/** An example of a call in AWS's documentation, with what AWS answered. */
export interface PrintedExample {
  /** `ec2/describe-vpcs.rst 2`. */
  readonly name: string;
  /** The answer; undefined if it cannot be used. */
  readonly answer: Readonly<Record<string, unknown>> | undefined;
  /** Why it cannot be used. */
  readonly unusable: string | undefined;
  /** Whether the answer is no valid JSON, but could be read nevertheless. */
  readonly misprinted: boolean;
}

/** Names of services in the AWS CLI that differ from those in botocore. */
const cliNames: Readonly<Record<string, string>> = { s3: "s3api" };

/** Returns the examples of an operation in the pinned AWS CLI; none if its documentation has none. */
export async function cliExamples(service: string, operation: string): Promise<readonly PrintedExample[]> {
  const file = join(cliNames[service] ?? service, `${kebab(operation)}.rst`);
  try {
    return examplesIn(file, await readFile(join(await examplesFolder(), file), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function examplesFolder(): Promise<string> {
  const lib = join((await referees()).aws, "..", "..", "lib");
  const [python] = nonEmpty(await readdir(lib));
  return join(lib, python, "site-packages", "awscli", "examples");
}

/** Returns the name of an operation's command, as botocore makes it: `DescribeDBInstances` is `describe-db-instances`. */
function kebab(operation: string): string {
  return operation
    .replaceAll(/([A-Z]+)([A-Z][a-z]+)/g, "$1-$2")
    .replaceAll(/([a-z\d])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

/** Returns the examples of one file: a literal block with a command, and one with its output. */
export function examplesIn(file: string, text: string): readonly PrintedExample[] {
  const found: PrintedExample[] = [];
  let command: string | undefined;
  const end = (output: string | undefined): void => {
    if (command === undefined) return;
    found.push({ name: `${file} ${found.length + 1}`, ...answerIn(command, output) });
    command = undefined;
  };
  for (const { title, block } of literalBlocks(text)) {
    if (/^output\b/i.test(title)) end(block);
    // The same command in another shell.
    else if (/^windows\b/i.test(title)) continue;
    else if (/^(\$ )?aws\s/.test(block)) {
      end(undefined);
      command = block.replaceAll(/\\?\s*\n\s*/g, " ").trim();
    }
  }
  end(undefined);
  return found;
}

/** Returns the indented blocks of reStructuredText, each with the line that introduces it. */
function literalBlocks(text: string): readonly { readonly title: string; readonly block: string }[] {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, at) => {
    if (!/:\s*$/.test(line) || /^\s/.test(line)) return [];
    const rest = lines.slice(at + 1);
    const length = rest.findIndex((each) => /^\S/.test(each));
    const block = (length === -1 ? rest : rest.slice(0, length)).join("\n");
    return block.trim() === "" ? [] : [{ title: line.trim(), block: block.trim() }];
  });
}

function answerIn(command: string, output: string | undefined): Omit<PrintedExample, "name"> {
  const no = (unusable: string): ReturnType<typeof answerIn> => ({ answer: undefined, unusable, misprinted: false });
  if (output === undefined) return no("it has no output");
  if (/--query\b|--output (text|table|yaml)/.test(command)) return no("its output is not the whole answer");
  if (/^\s*\.\.\.,?\s*$|<\.*truncated/im.test(output)) return no("its output is cut");
  const strict = valueOf(() => JSON.parse(output));
  const answer = strict ?? valueOf(() => parse(output, { uniqueKeys: false }));
  if (answer === undefined) return no("its output is not JSON");
  return { answer, unusable: undefined, misprinted: strict === undefined };
}

function valueOf(read: () => unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = read();
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
