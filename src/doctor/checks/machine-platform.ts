import type { Check } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import type { MachineContext } from "../doctor-context.ts";
import { fault } from "../fault.ts";

export const machinePlatform: Check<MachineContext> = {
  id: "machine/platform",
  title: "gennet.yaml",
  explain:
    "gennet searches for gennet.yaml, which lists the platform's regions, in the current folder and its parents. It must be valid and support this version of gennet (`requires`). Regions whose ranges of addresses overlap are a warning: their VPCs can never be peered.",
  async run({ platform, reviewed }) {
    const about = { id: "machine/platform", subject: "gennet.yaml" };
    try {
      const { name, regions } = await platform();
      const warnings = (await reviewed()).map(({ subject, summary }): Finding => {
        return { ...about, severity: "warn", subject, summary };
      });
      if (warnings.length > 0) return warnings;
      return [{ ...about, severity: "ok", summary: `platform ${name}, ${regions.length} regions` }];
    } catch (error) {
      const isAbsent = error instanceof AppError && error.code === "CONFIG_NOT_FOUND";
      return [fault(about, isAbsent ? "skip" : "fail", error)];
    }
  },
};
