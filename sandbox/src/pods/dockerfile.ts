import type { Image } from "./image.ts";

export type ImageConfig = Pick<Image, "entrypoint" | "cmd" | "env" | "user" | "authorities"> & {
  readonly workdir?: string;
};

/**
 * What the last stage of a Dockerfile defines: ENTRYPOINT, CMD (both in JSON form), ENV, WORKDIR, USER if it is a
 * number, and the path to which it ADDs RDS's certificate authorities. Variables in ENV are expanded from earlier ones.
 */
export function readDockerfile(text: string): ImageConfig {
  let config: ImageConfig = { entrypoint: [], cmd: [], env: {} };
  for (const line of instructions(text)) {
    const [, word = "", rest = ""] = /^(\w+)\s+(.*)$/s.exec(line) ?? [];
    switch (word.toUpperCase()) {
      case "FROM":
        config = { entrypoint: [], cmd: [], env: {} };
        break;
      case "ENTRYPOINT":
        config = { ...config, entrypoint: command(rest), cmd: [] };
        break;
      case "CMD":
        config = { ...config, cmd: command(rest) };
        break;
      case "ENV":
        config = { ...config, env: { ...config.env, ...variables(rest, config.env) } };
        break;
      case "ADD":
        config = { ...config, ...authorities(rest, config) };
        break;
      case "WORKDIR":
        config = { ...config, workdir: rest };
        break;
      case "USER":
        config = { ...config, ...user(rest) };
        break;
      default:
    }
  }
  return config;
}

function instructions(text: string): readonly string[] {
  return text
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n/g, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** A command in shell form is run by a shell. */
function command(text: string): readonly string[] {
  try {
    const words = JSON.parse(text) as unknown;
    if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  } catch {
    // Not in JSON form.
  }
  return ["/bin/sh", "-c", text];
}

function variables(text: string, known: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = "", quoted, plain = ""] of text.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)) {
    const value = quoted ?? plain;
    found[name] = value.replace(/\$\{?(\w+)\}?/g, (whole, variable: string) =>
      variable === "PATH" ? whole : (found[variable] ?? known[variable] ?? ""),
    );
  }
  return found;
}

/** docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html */
const trustStore = "https://truststore.pki.rds.amazonaws.com/";

function authorities(text: string, { authorities: known = [] }: ImageConfig): Pick<ImageConfig, "authorities"> {
  const [source = "", target = ""] = text.split(/\s+/).filter((word) => !word.startsWith("--"));
  return source.startsWith(trustStore) && target.startsWith("/") ? { authorities: [...known, target] } : {};
}

function user(text: string): Pick<ImageConfig, "user"> {
  const match = /^(\d+)(?::(\d+))?$/.exec(text);
  return match === null ? {} : { user: { uid: Number(match[1]), gid: Number(match[2] ?? 0) } };
}
