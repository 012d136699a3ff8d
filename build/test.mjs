import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * `node build/test.mjs TIER… [-- VITEST'S ARGUMENTS]`: builds the bundle and runs the tiers one after the other, each
 * to its end. Some bring up a sandbox first, so each is its own run: what needs none is known before. Closing
 * line: the sum of all.
 */
const words = process.argv.slice(2);
const end = words.includes("--") ? words.indexOf("--") : words.length;
const [tiers, passedOn] = [words.slice(0, end), words.slice(end + 1)];
const folder = mkdtempSync(join(tmpdir(), "gennet-tally-"));
const total = { passed: 0, failed: 0, skipped: 0 };

if (run("node", ["build/bundle.mjs"]) === 0) {
  for (const tier of tiers) {
    const file = join(folder, `${tier}.json`);
    // Files that are named need not be in every tier.
    const more = passedOn.length > 0 ? ["--passWithNoTests", ...passedOn] : [];
    const status = run("npx", ["--no-install", "vitest", "run", "--project", tier, ...more], file);
    const tally = read(file);
    if (status !== 0 && tally.failed === 0) tally.failed = 1;
    for (const key of Object.keys(total)) total[key] += tally[key];
  }
} else {
  total.failed = 1;
}
if (total.passed === 0) total.failed ||= 1;
rmSync(folder, { recursive: true });
process.exitCode = total.failed === 0 ? 0 : 1;
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);

function run(command, args, tallyFile) {
  const env = tallyFile === undefined ? process.env : { ...process.env, GENNET_TALLY: tallyFile };
  return spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"], env }).status ?? 1;
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
