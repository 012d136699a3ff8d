import type { Check } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import { counted } from "../fold-alike.ts";
import type { HealthContext } from "../health-context.ts";
import { meshCheck } from "../mesh/mesh-check.ts";
import type { Caller } from "./callers.ts";

/** Hundreds of proxies take their time. */
export const breakersTimeoutMs = 180_000;

/** A check of what callers' proxies know: of those that do not answer it says that it does not know. */
export function breakerCheck(check: Omit<Check<HealthContext>, "needs" | "timeoutMs">): Check<HealthContext> {
  return meshCheck({
    ...check,
    timeoutMs: breakersTimeoutMs,
    async run(context, signal) {
      const callers = await context.breakers.callers();
      const silent = silentIn(callers);
      const [first] = silent;
      if (first === undefined) return check.run(context, signal);
      const unknown: Finding = {
        id: check.id,
        subject: check.title,
        ...unknownBecause(first.error),
        summary: `not known of ${counted(silent.length, "proxy", "proxies")} that ${silent.length === 1 ? "does" : "do"} not answer`,
        cause: "breakers/proxies",
      };
      return silent.length === callers.length ? [unknown] : [...(await check.run(context, signal)), unknown];
    },
  });
}

export function silentIn(callers: readonly Caller[]): readonly { pod: Caller["pod"]; error: AppError }[] {
  return callers.flatMap(({ pod, upstreams }) => (upstreams instanceof AppError ? [{ pod, error: upstreams }] : []));
}
