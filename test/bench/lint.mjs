import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sideBySide } from "./side-by-side.mjs";

const services = 20;
const regions = ["eu-west-1", "us-east-1"];

/**
 * `gennet lint` of 20 generated services with an overlay for each of two regions, beside `kubectl kustomize` of the same
 * 40 builds one after the other.
 * @param {(words: string[], more: object) => Record<string, import("./side-by-side.mjs").Subject>} gennets
 */
export function lint(gennets, launcher, rounds) {
  const root = mkdtempSync(join(tmpdir(), "gennet-bench-"));
  try {
    writeFileSync(join(root, "gennet.yaml"), platform());
    const names = Array.from({ length: services }, (_, at) => `service-${at}`);
    for (const name of names) {
      const words = ["new", "service", name, "--domain", "shop", "--owner", "team-shop", "--features", "postgres"];
      const made = spawnSync(process.execPath, [launcher, ...words, "--no-input"], { cwd: root, encoding: "utf8" });
      if (made.status !== 0) throw new Error(made.stderr);
    }
    const builds = names.flatMap((name) => regions.map((region) => `${name}/deploy/overlays/${region}`));
    return sideBySide(
      {
        "kubectl kustomize, build by build": {
          command: "sh",
          args: ["-ec", builds.map((build) => `kubectl kustomize ${build}`).join("\n")],
          cwd: root,
        },
        // What it finds in them is not what is measured.
        ...gennets(["lint"], { cwd: root, exits: [0, 3] }),
      },
      rounds,
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function platform() {
  const each = regions.map((name) => ({ name, awsRegion: name, accountId: "111122223333", cluster: `shop-${name}` }));
  return JSON.stringify({ name: "shop", domain: "shop.example", regions: each });
}
