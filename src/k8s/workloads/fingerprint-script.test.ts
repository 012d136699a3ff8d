import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SecretValue } from "../../core/secret-value.ts";
import { fingerprintCommand, readFingerprints } from "./fingerprint-script.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "gennet-fingerprint-"))));
afterAll(async () => rm(folder, { recursive: true }));

const key = "0123456789abcdef";
const values = ["plain", "", "two\nlines\n\n", `q"uo'te $HOME \`ls\` \\n %s *`, "üñí 🔑", "-e", " spaces "];

async function told(words: Parameters<typeof fingerprintCommand>[0], env: Record<string, string>, path?: string) {
  const [program = "", ...argv] = fingerprintCommand(words);
  const variables = { PATH: path ?? process.env["PATH"] ?? "", ...env };
  return execa(`/bin/${program}`, argv, { env: variables, extendEnv: false, input: `${key}\n`, reject: false });
}

describe("a container's shell", () => {
  it.each(values)("tells the fingerprint of %j, from a variable and from a file", async (value) => {
    const file = join(folder, "value");
    await writeFile(file, value);
    const words = [
      { as: "variable", at: "SECRET" },
      { as: "file", at: file },
    ] as const;
    const { stdout, stderr } = await told(words, { SECRET: value });
    const expected = new SecretValue(value).fingerprint(key);
    expect(readFingerprints(stdout, 2)).toEqual([expected, expected]);
    expect(stderr).toBe("");
  });

  it("A value that does not exist, or whose name the shell cannot use, has no fingerprint", async () => {
    const words = [
      { as: "variable", at: "NOWHERE" },
      { as: "file", at: "/nowhere" },
      { as: "variable", at: "a; echo pwned" },
    ] as const;
    expect(readFingerprints((await told(words, {})).stdout, 3)).toEqual([undefined, undefined, undefined]);
  });

  it("Variables with short names like the script's own, and bytes that are not text, have fingerprints", async () => {
    const names = ["k", "w", "n", "i", "v", "o", "key", "gennet_k"];
    const file = join(folder, "keystore");
    const bytes = Buffer.from([0xfe, 0xed, 0, 0xff, 10, 13, 10]);
    await writeFile(file, bytes);
    const words = [...names.map((at) => ({ as: "variable", at }) as const), { as: "file", at: file } as const];
    const { stdout } = await told(words, Object.fromEntries(names.map((name) => [name, `value of ${name}\n`])));
    const expected = [...names.map((name) => new SecretValue(`value of ${name}\n`)), new SecretValue(bytes)];
    expect(readFingerprints(stdout, words.length)).toEqual(expected.map((value) => value.fingerprint(key)));
  });

  it("Variables that shells set themselves have no fingerprint", async () => {
    const names = ["PWD", "LINENO", "RANDOM", "PPID", "gennet__k"];
    const words = names.map((at) => ({ as: "variable", at }) as const);
    const { stdout } = await told(words, Object.fromEntries(names.map((name) => [name, "5"])));
    expect(readFingerprints(stdout, words.length)).toEqual(names.map(() => undefined));
  });

  it("The fingerprints are unknown if the shell printed something else, too", () => {
    expect(readFingerprints(`welcome\n${"a".repeat(64)}\n`, 1)).toBeUndefined();
  });

  it("The script fails without sha256sum", async () => {
    const { exitCode, stdout } = await told([{ as: "variable", at: "SECRET" }], { SECRET: "hunter2" }, folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: 9, stdout: "" });
  });
});
