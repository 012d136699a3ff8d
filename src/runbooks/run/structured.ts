import { redacted } from "../../core/redact.ts";

/**
 * Returns the output of a program as data without secrets, or undefined if it is neither JSON nor (for `-o yaml`) YAML.
 * A document names its kind after its data, so that secrets can only be found in the whole of it.
 */
export async function structured(
  text: string,
  args: readonly string[],
): Promise<{ readonly data: unknown; readonly text: string } | undefined> {
  const format = formatOf(args);
  if (format === "yaml") {
    const { parse, stringify } = await import("yaml");
    const data = attempt(() => redacted(parse(text, { maxAliasCount: 100 })));
    return data === undefined ? undefined : { data, text: stringify(data) };
  }
  if (format === undefined && !/^\s*[[{]/.test(text)) return undefined;
  const data = attempt(() => redacted(JSON.parse(text)));
  return data === undefined ? undefined : { data, text: `${JSON.stringify(data, null, 2)}\n` };
}

/** Returns the structured format that arguments ask for, if any: its output is shown at the end, without secrets. */
export function formatOf(args: readonly string[]): "json" | "yaml" | undefined {
  const text = args.join(" ");
  const format = /(?:^| )(?:-o|--output)[ =]?(json|yaml)(?= |$)/.exec(text)?.[1];
  return format as "json" | "yaml" | undefined;
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
