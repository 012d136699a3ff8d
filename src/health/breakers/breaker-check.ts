import type { Check, CheckFinding } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import type { HealthContext } from "../health-context.ts";
import { meshCheck, nothingIn } from "../mesh/mesh-check.ts";
import { podName } from "../mesh/mesh-workload.ts";
import type { Caller } from "./callers.ts";

/** Asking hundreds of proxies takes time. */
export const breakersTimeoutMs = 180_000;

/** Returns a check of what callers' proxies know; proxies that do not answer are unknown. */
export function breakerCheck(check: Omit<Check<HealthContext>, "needs" | "timeoutMs">): Check<HealthContext> {
  const inMesh = meshCheck({
    ...check,
    timeoutMs: breakersTimeoutMs,
    async run(context, signal) {
      const callers = await context.breakers.callers();
      if (callers.length === 0) return [nothingAsked(check, context)];
      const silent = silentIn(callers);
      if (silent.length === 0) return check.run(context, signal);
      const unknown = silent.map(({ pod, error }) => unknownOf(check, podName(pod), error));
      return silent.length === callers.length ? unknown : [...(await check.run(context, signal)), ...unknown];
    },
  });
  return {
    ...inMesh,
    async run(context, signal) {
      // Both are requested immediately: proxies are known before it is known whether there are more of them. An error
      // is that of the check, which waits for both.
      context.breakers.callers().catch(() => undefined);
      const [findings] = await Promise.all([inMesh.run(context, signal), context.breakers.rules()]);
      return findings;
    },
  };
}

/** Without a proxy to ask, the result is unknown if the user asked for the mesh, also with `--only`. */
function nothingAsked({ id, title }: Pick<Check<HealthContext>, "id" | "title">, context: HealthContext): CheckFinding {
  const summary = "not known: there is no running proxy to ask";
  const symptomOf = { id: "breakers/proxies", about: noProxy };
  return { ...nothingIn({ id, subject: title, summary }, context), symptomOf };
}

/** What the finding of breakers/proxies is about if no proxy is running. */
export const noProxy = "no proxy";

function unknownOf(
  { id, title }: Pick<Check<HealthContext>, "id" | "title">,
  pod: string,
  error: AppError,
): CheckFinding {
  return {
    id,
    subject: title,
    ...unknownBecause(error),
    summary: "not known: the proxy does not answer",
    symptomOf: { id: "breakers/proxies", about: proxyKey(pod) },
    alike: { name: pod, one: "proxy", many: "proxies" },
  };
}

/** Returns the key of a proxy in findings; `pod` is `namespace/name`. */
export function proxyKey(pod: string): string {
  return `proxy ${pod}`;
}

export function silentIn(callers: readonly Caller[]): readonly { pod: Caller["pod"]; error: AppError }[] {
  return callers.flatMap(({ pod, upstreams }) => (upstreams instanceof AppError ? [{ pod, error: upstreams }] : []));
}
