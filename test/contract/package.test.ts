import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, repository, run } from "../support/cli.ts";
import { nonEmpty } from "../support/non-empty.ts";

/** The package as published, installed into an empty folder by npm, and run there. */
let place = "";
let shipped: string[] = [];

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "gennet-package-"));
  const packed = await npm(["pack", "--ignore-scripts", "--json", "--pack-destination", place], repository);
  const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
  shipped = files.map((file) => file.path);
  await npm(["install", "--global", "--prefix", join(place, "prefix"), join(place, filename)], place);
});
afterAll(() => rm(place, { recursive: true, force: true }));

describe("the package", () => {
  it("The package contains what it needs and nothing else", () => {
    const unexpected = nonEmpty(shipped).filter(
      (path) =>
        !/^(bin|dist|templates|sandbox)\/|^(package\.json|README\.md|CHANGELOG\.md|LICENSE|Dockerfile)$/.test(path),
    );
    expect(unexpected).toEqual([]);
    expect(
      shipped.filter((path) =>
        /meta\.json|\.test\.|__pycache__|\.pyc$|_cache\/|node_modules|\.venv|^sandbox\/aws\/tests\//.test(path),
      ),
    ).toEqual([]);
    expect(shipped).toEqual(
      expect.arrayContaining([
        "bin/gennet",
        "dist/gennet.js",
        "dist/launch.js",
        "sandbox/kubernetes/go.mod",
        "templates/runbooks/breaker-open.md",
        "LICENSE",
        "Dockerfile",
      ]),
    );
  });

  it("The package installs no other package", async () => {
    expect(await readdir(join(place, "prefix/lib/node_modules"))).toEqual(["gennet"]);
    expect(await readdir(join(place, "prefix/lib/node_modules/gennet"))).not.toContain("node_modules");
  });
});

describe.each([
  ["this Node.js", async () => process.execPath],
  ["Node.js 24", node24],
])("installed, on %s", (_name, findNode) => {
  let node = "";
  const gennet = (...argv: string[]): Promise<Ended> =>
    run(node, [join(place, "prefix/bin/gennet"), ...argv], { cwd: place, env: { HOME: place } });

  beforeAll(async () => {
    node = await findNode();
  });

  it("The installed package prints its version and its help", async () => {
    expect(await gennet("--version")).toMatchObject({
      exit: 0,
      stderr: "",
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    const help = await gennet("--help");
    expect(help).toMatchObject({ exit: 0, stderr: "" });
    expect(help.stdout).toContain("gennet COMMAND [flags]");
  });

  it.each(["--version", "--help"])(
    "The installed package exits with 3 if standard output is full: %s",
    async (flag) => {
      const command = `exec "$0" "$1" ${flag} > /dev/full`;
      const { exit, stderr } = await run("sh", ["-c", command, node, join(place, "prefix/bin/gennet")], { cwd: place });
      expect(exit).toBe(3);
      expect(stderr).toMatch(/^error: The answer cannot be written: .*\[OUTPUT_UNWRITABLE\]$/m);
    },
  );

  it("The installed package explains error codes and checks", async () => {
    const { exit, stdout } = await gennet("explain", "-o", "json");
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "Explanation" });
  });

  it("The installed package checks this machine", async () => {
    const { stdout } = await gennet("doctor", "--only", "machine", "-o", "json");
    const { findings } = JSON.parse(stdout) as { findings: { id: string; summary: string }[] };
    expect(findings.map((finding) => finding.id)).toContain("machine/node");
  });

  it("The installed package scaffolds a service from its templates", async () => {
    const target = `orders-${node === process.execPath ? "here" : "there"}`;
    const made = await gennet("new", "service", target, "--domain", "shop", "--owner", "team-shop", "--no-input");
    expect(made).toMatchObject({ exit: 0 });
    expect(await readdir(join(place, target))).toEqual(
      expect.arrayContaining([".gitignore", "Dockerfile", "pyproject.toml"]),
    );
  });
});

/** npm's `node` package provides the binary. */
async function node24(): Promise<string> {
  await npm(["install", "--prefix", join(place, "node24"), "node@24"], place);
  const node = join(place, "node24/node_modules/node/bin/node");
  const { stdout } = await run(node, ["--version"]);
  if (!stdout.startsWith("v24.")) throw new Error(`npm's node@24 is ${stdout}`);
  return node;
}

/** npm without the user's settings, except those for the registry. */
async function npm(argv: readonly string[], cwd: string): Promise<Ended> {
  const ended = await run("npm", [...argv, "--no-audit", "--no-fund", "--loglevel", "error"], { cwd });
  if (ended.exit !== 0) throw new Error(`npm ${argv.join(" ")} ended with ${ended.exit}: ${ended.stderr}`);
  return ended;
}
