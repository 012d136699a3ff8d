import { spawnSync } from "node:child_process";

/** Everything a change must pass before its tests matter. Runs all of it, then says what failed. */
const steps = [
  ["format", "oxfmt", "--check"],
  ["lint", "oxlint", "--deny-warnings"],
  ["types", "tsc", "--noEmit"],
  ["unused code", "knip"],
  ["the repository's rules, import directions, generated reference", "vitest", "run", "--project", "meta"],
];

const failed = [];
for (const [title, command, ...args] of steps) {
  process.stdout.write(`\n── ${title}: ${command} ${args.join(" ")}\n`);
  const { status } = spawnSync("npx", ["--no-install", command, ...args], { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) failed.push(title);
}
for (const title of failed) process.stdout.write(`\nfailed: ${title}`);
process.stdout.write(`\n${steps.length - failed.length} passed, ${failed.length} failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
