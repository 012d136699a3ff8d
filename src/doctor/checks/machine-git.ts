import type { Check } from "../../core/check.ts";
import type { MachineContext } from "../doctor-context.ts";

export const machineGit: Check<MachineContext> = {
  id: "machine/git",
  title: "Git",
  explain:
    "Services and everything that Argo CD deploys are stored in Git. Without it, you cannot publish a scaffolded service.",
  async run({ versionOf }, signal) {
    const about = { id: "machine/git", subject: "Git" };
    const version = await versionOf("git", signal);
    if (version !== undefined) return [{ ...about, severity: "ok", summary: version.replace(/^git version /, "") }];
    const fix = "Install Git: https://git-scm.com/downloads";
    return [{ ...about, severity: "warn", summary: "`git` is not on the PATH", fix }];
  },
};
