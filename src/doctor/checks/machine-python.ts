import type { Check } from "../../core/check.ts";
import type { MachineContext } from "../doctor-context.ts";
import { fault } from "../fault.ts";

export const machinePython: Check<MachineContext> = {
  id: "machine/python",
  title: "Python",
  explain:
    "The sandbox's AWS endpoint is a Python program in its own virtual environment, which requires Python with its venv module. Only `gennet sandbox` needs Python.",
  async run({ requirePython }) {
    const about = { id: "machine/python", subject: "Python, for the sandbox" };
    try {
      return [{ ...about, severity: "ok", summary: `${await requirePython()} is new enough and has venv` }];
    } catch (error) {
      return [fault(about, "warn", error)];
    }
  },
};
