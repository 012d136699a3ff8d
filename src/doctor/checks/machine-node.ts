import type { Check } from "../../core/check.ts";
import type { MachineContext } from "../doctor-context.ts";

/**
 * The launcher enforces the oldest version that gennet supports. This is the oldest version that still gets security
 * fixes.
 */
const maintained = 22;

export const machineNode: Check<MachineContext> = {
  id: "machine/node",
  title: "Node.js",
  explain:
    "gennet runs on Node.js 20.19 and newer; its launcher rejects older versions. Node.js 20 has had no security fixes since April 2026, so a newer version is recommended.",
  async run({ nodeVersion }) {
    const about = { id: "machine/node", subject: "Node.js" };
    if (Number.parseInt(nodeVersion, 10) >= maintained) return [{ ...about, severity: "ok", summary: nodeVersion }];
    const summary = `${nodeVersion} works, but this release line no longer gets security fixes`;
    return [{ ...about, severity: "warn", summary, fix: "Install Node.js 24: https://nodejs.org/" }];
  },
};
