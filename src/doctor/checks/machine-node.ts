import type { Check } from "../../core/check.ts";
import type { MachineContext } from "../doctor-context.ts";

/** The oldest that gennet starts on is held by the launcher; this is the oldest that still gets security fixes. */
const maintained = 22;

export const machineNode: Check<MachineContext> = {
  id: "machine/node",
  title: "Node.js",
  explain:
    "gennet runs on Node.js 20.19 and newer; its launcher refuses older ones. Node.js 20 gets no security fixes since April 2026, so a newer line is advised.",
  async run({ nodeVersion }) {
    const about = { id: "machine/node", subject: "Node.js" };
    if (Number.parseInt(nodeVersion, 10) >= maintained) return [{ ...about, severity: "ok", summary: nodeVersion }];
    const summary = `${nodeVersion} works, but its line gets no security fixes any more`;
    return [{ ...about, severity: "warn", summary, fix: "Install Node.js 24: https://nodejs.org/" }];
  },
};
