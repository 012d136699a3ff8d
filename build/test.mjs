import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * `node build/test.mjs [--nightly] TIER… [-- VITEST'S ARGUMENTS]`: builds the bundle and runs the tiers one after the
 * other, each to its end. Some bring up a sandbox first, so each is its own run: what needs none is known before.
 * `unit,meta+acceptance` runs the first two beside the last, which waits where they compute. Closing line: the sum of
 * all. `--nightly` has properties try many more cases (test/support/effort.ts).
 */
const words = process.argv.slice(2);
const end = words.includes("--") ? words.indexOf("--") : words.length;
const [given, passedOn] = [words.slice(0, end), words.slice(end + 1)];
const nightly = given.includes("--nightly") ? { GENNET_NIGHTLY: "1" } : {};
const tiers = given.filter((word) => word !== "--nightly");
const folder = mkdtempSync(join(tmpdir(), "gennet-tally-"));
const total = { passed: 0, failed: 0, skipped: 0 };

if ((await run("node", ["build/bundle.mjs"])) === 0) {
  for (const word of tiers) {
    const [first, ...others] = word.split("+").map((lane) => lane.split(","));
    // Lines do not mix: what a tier of another lane prints comes when it has ended.
    await Promise.all([runLane(first, "shown"), ...others.map((lane) => runLane(lane, "held back"))]);
  }
} else {
  total.failed = 1;
}
if (total.passed === 0) total.failed ||= 1;
rmSync(folder, { recursive: true });
process.exitCode = total.failed === 0 ? 0 : 1;
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);

async function runLane(lane, output) {
  for (const tier of lane) await runTier(tier, output);
}

async function runTier(tier, output) {
  const file = join(folder, `${tier}.json`);
  // Files that are named need not be in every tier.
  const more = passedOn.length > 0 ? ["--passWithNoTests", ...passedOn] : [];
  const words = ["--no-install", "vitest", "run", "--project", tier, ...more];
  const status = await run("npx", words, { ...nightly, GENNET_TALLY: file }, output);
  const tally = read(file);
  if (status !== 0 && tally.failed === 0) tally.failed = 1;
  for (const key of Object.keys(total)) total[key] += tally[key];
}

function run(command, args, env = {}, output = "shown") {
  const isShown = output === "shown";
  const streams = isShown ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"];
  const child = spawn(command, args, { stdio: streams, env: { ...process.env, ...env } });
  const held = [];
  if (!isShown) for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => held.push(chunk));
  return new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("close", (status) => {
      process.stdout.write(Buffer.concat(held));
      resolve(status ?? 1);
    });
  });
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
