import { redacted } from "../../core/redact.ts";
import type { ProgramCall } from "./world.ts";

/**
 * Returns the output of a program as data without secrets, or undefined if it is neither JSON nor (for `-o yaml`) YAML.
 * A document names its kind after its data, so that secrets can only be found in the whole of it.
 */
export async function structured(
  text: string,
  call: Pick<ProgramCall, "program" | "args">,
): Promise<{ readonly data: unknown; readonly text: string } | undefined> {
  const format = formatOf(call);
  if (text.trim() === "") return undefined;
  if (format === "yaml") {
    const { parse, stringify } = await import("yaml");
    const data = attempt(() => redacted(parse(text, { maxAliasCount: 100 })));
    return data === undefined ? undefined : { data, text: stringify(data) };
  }
  if (format === undefined && !looksLikeJson(text)) return undefined;
  const data = attempt(() => redacted(JSON.parse(text)));
  return data === undefined ? undefined : { data, text: `${JSON.stringify(data, null, 2)}\n` };
}

/** Returns the structured format that arguments ask for, if any. A script may ask different programs for different ones. */
export function formatOf({ program, args }: Pick<ProgramCall, "program" | "args">): "json" | "yaml" | undefined {
  if (program === "sh") return undefined;
  const format = optionValue(args, "-o", "--output");
  return format === "json" || format === "yaml" ? format : undefined;
}

/**
 * Returns whether the first line of output begins a JSON document that no argument asks for: of `aws`, of `kubectl get
 * --raw`, or formatted over several lines. Logs may be JSON, too, but are one document a line.
 */
export function beginsJson(line: string, { program, args }: Pick<ProgramCall, "program" | "args">): boolean {
  const isUsual = program === "aws" || (program === "kubectl" && optionValue(args, "--raw") !== undefined);
  return isUsual ? looksLikeJson(line) : /^\s*[[{]\s*$/.test(line);
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/**
 * Returns the last value of an option: `-o json`, `-ojson`, `-o=json`, `-Ao json`, `--output json` or `--output=json`.
 * What is after `--` belongs to another program.
 */
export function optionValue(args: readonly string[], ...names: readonly string[]): string | undefined {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const forms = names.map((name) =>
    name.startsWith("--")
      ? new RegExp(`^${name}(?:=(?<value>[^]*))?$`)
      : new RegExp(`^-[ARw]*${name.slice(1)}=?(?<value>[^]*)$`),
  );
  return own
    .flatMap((arg, at) => {
      const found = forms.map((form) => form.exec(arg)).find((each) => each !== null);
      return found === undefined || found === null ? [] : [(found.groups?.["value"] || own[at + 1]) ?? ""];
    })
    .at(-1);
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
