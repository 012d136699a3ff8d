import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { quantile } from "./side-by-side.mjs";

/** A ratio of wall times above this one is worse, where it is beyond the spread, too. */
const tolerance = 1.05;

/**
 * The builds that are measured: this one and, with `--against REF` on the command line, the one of a commit, which is
 * built in its own folder.
 * @returns {{ builds: { launcher: string, suffix: string }[], ref?: string, leave: () => void }}
 *   `suffix` is what the names of that build's rows end with
 */
export function buildsOf(words) {
  const own = { launcher: resolve("bin/gennet"), suffix: "" };
  const at = words.indexOf("--against");
  if (at < 0) return { builds: [own], leave: () => undefined };
  const ref = words[at + 1];
  if (ref === undefined) throw new Error("--against needs a commit, a tag or a branch");
  const folder = join(mkdtempSync(join(tmpdir(), "gennet-bench-")), "build");
  const leave = () => {
    spawnSync("git", ["worktree", "remove", "--force", folder]);
    rmSync(join(folder, ".."), { recursive: true, force: true });
  };
  try {
    succeed("git", ["worktree", "add", "--detach", "--quiet", folder, ref]);
    const lock = (root) => readFileSync(join(root, "package-lock.json"), "utf8");
    if (existsSync("node_modules") && lock(".") === lock(folder)) {
      cpSync("node_modules", join(folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
    } else {
      succeed("npm", ["ci", "--no-audit", "--no-fund"], folder);
    }
    succeed("npm", ["run", "build"], folder);
  } catch (error) {
    leave();
    throw error;
  }
  const other = { launcher: join(folder, "bin/gennet"), suffix: ` (${ref})` };
  return { builds: [own, other], ref, leave };
}

/**
 * One row for each command that both builds ran: the median of the ratios round by round, their quartiles, and whether
 * that is worse. Worse is a median above 1.05 that is beyond the spread: three quarters of the rounds are slower, too.
 * @param {Record<string, import("./side-by-side.mjs").Measured>} measured
 */
export function comparisons(measured, { suffix }) {
  return Object.entries(measured).flatMap(([name, { samples }]) => {
    const other = measured[`${name}${suffix}`];
    if (other === undefined) return [];
    const ratios = samples.flatMap(({ round, ms }) => {
      const before = other.samples.find((sample) => sample.round === round);
      return before === undefined ? [] : [ms / before.ms];
    });
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share));
    const verdict = ratios.length === 0 ? "not measured" : middle > tolerance && low > 1 ? "**worse**" : "no worse";
    const shown = [middle, low, high].map((ratio) => ratio.toFixed(2));
    return [`| \`${name}\` | ${shown[0]} × | ${shown[1]} to ${shown[2]} | ${ratios.length} | ${verdict} |`];
  });
}

export function comparisonTable(rows, ref) {
  return [
    `### This build beside ${ref}, round by round`,
    "",
    "| command | ratio | quartiles | rounds | |",
    "| --- | ---: | ---: | ---: | --- |",
    ...rows,
  ].join("\n");
}

function succeed(command, args, cwd) {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
}
