import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sideBySide, tableOf } from "./side-by-side.mjs";

/** `node test/bench/catalog.mjs`: the catalogue of a monorepo of 200 whole services, each with three dependencies. */
const services = 200;
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 15);
const root = mkdtempSync(join(tmpdir(), "gennet-bench-"));
const launcher = resolve("bin/gennet");
const gennet = (...words) => ({ command: process.execPath, args: [launcher, "service", ...words] });
const nameOf = (at) => `service-${String(at % services).padStart(3, "0")}`;

try {
  const words = ["new", "service", nameOf(0), "--domain", "domain-0", "--owner", "team-shop"];
  const made = spawnSync(process.execPath, [launcher, ...words], { cwd: root, encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
  for (let at = 1; at < services; at++) {
    cpSync(join(root, nameOf(0)), join(root, nameOf(at)), { recursive: true });
    rewrite(at, ".gennet/answers.yaml", (text) => text.replaceAll(nameOf(0), nameOf(at)));
    rewrite(at, "catalog-info.yaml", (text) => {
      const renamed = text.replaceAll(nameOf(0), nameOf(at)).replaceAll("domain-0", `domain-${at % 12}`);
      const calls = [at * 7 + 1, at * 13 + 2, at * 29 + 3].map((other) => `    - component:${nameOf(other)}\n`);
      return `${renamed}  dependsOn:\n${calls.join("")}`;
    });
  }
  const subjects = {
    "gennet service list": gennet("list", root),
    "gennet service describe": gennet("describe", nameOf(7), "--dir", root),
    "gennet service graph": gennet("graph", "--dir", root),
  };
  process.stdout.write(`${tableOf(`The catalogue of ${services} services`, sideBySide(subjects, rounds))}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}

function rewrite(at, path, change) {
  const file = join(root, nameOf(at), path);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}
