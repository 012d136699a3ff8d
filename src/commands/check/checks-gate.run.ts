import type { Context } from "../../context.ts";
import { matches } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import { answerOf, type Gate, type GateAnswer } from "../../core/gate.ts";
import { assertNamed } from "../../core/run-checks.ts";
import { healthChecks } from "../../health/index.ts";
import type { Place } from "../../platform/place.ts";
import { examinePlaces } from "./examine-places.run.ts";

/**
 * Returns a gate of health checks in one place; without patterns, of all. It passes if they pass and at least one had
 * something to look at.
 */
export function checksGate(
  patterns: readonly string[],
  place: Place,
  namespace: string | undefined,
  context: Context,
): Gate {
  assertNamed(healthChecks, patterns);
  return {
    id: `${patterns.length === 0 ? "gennet status" : patterns.join(" ")} in ${[place.name, ...(namespace === undefined ? [] : [namespace])].join("/")}`,
    evaluate: async (signal) => {
      const { places } = await examinePlaces(
        healthChecks,
        { only: patterns, skip: [], meshExpected: false, isFirst: false },
        context.over({
          places: async () => [place],
          signal,
          options: { ...context.options, namespace: namespace ?? context.options.namespace },
        }),
      );
      const found = places.flatMap((examined) => examined.findings);
      const findings = patterns.length === 0 ? found : found.filter(({ id }) => matches(patterns, id));
      return proven(findings);
    },
  };
}

/** Checks that found nothing to look at prove nothing. */
function proven(findings: readonly Finding[]): GateAnswer {
  const answer = answerOf(findings);
  const isVacuous = answer.answer === "pass" && findings.every(({ severity }) => severity === "skip");
  return isVacuous ? { ...answer, answer: "unknown" } : answer;
}
