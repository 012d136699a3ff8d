import type { TextView } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import type { BootstrappedRegion, RegionBootstrap } from "./bootstrap.ts";

export function bootstrapText({ regions, findings }: RegionBootstrap, { paint }: Pick<TextView, "paint">): string {
  const lines = regions.map((region) => `${paint("strong", region.name)}: ${outcomeOf(region)}`);
  for (const finding of findings) {
    const failed = finding.severity === "fail";
    const mark = failed ? paint("bad", "✖") : paint("warn", "!");
    lines.push(`  ${mark} ${finding.region} · ${finding.subject}: ${finding.summary}`);
    if (finding.fix !== undefined) lines.push(`    ${paint("strong", "→")} ${finding.fix}`);
  }
  if (findings.length === 0) lines.push(`${paint("strong", "→")} gennet status   shows how it is`);
  return lines.join("\n");
}

function outcomeOf({ changes, endpoint, durationMs }: BootstrappedRegion): string {
  const made = changes === 0 ? "nothing to do" : `${changes} ${changes === 1 ? "change" : "changes"} made`;
  const where = endpoint === undefined ? "" : `, API server ${endpoint}`;
  return `${made} in ${formatDuration(durationMs)}${where}`;
}
