import type { Check } from "../../core/check.ts";
import type { MachineContext } from "../doctor-context.ts";

export const machineGit: Check<MachineContext> = {
  id: "machine/git",
  title: "Git",
  explain: "Services and what Argo CD deploys live in Git; without it a scaffolded service cannot be published.",
  async run({ versionOf }, signal) {
    const about = { id: "machine/git", subject: "Git" };
    const version = await versionOf("git", signal);
    if (version !== undefined) return [{ ...about, severity: "ok", summary: version.replace(/^git version /, "") }];
    const fix = "Install Git: https://git-scm.com/downloads";
    return [{ ...about, severity: "warn", summary: "there is no `git` on the PATH", fix }];
  },
};
