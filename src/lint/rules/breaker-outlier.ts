import { field, isFields } from "../fields.ts";
import { isDestinationRule, policiesOf } from "../hosts.ts";
import type { Rule } from "../rule.ts";
import { unguarded } from "../unguarded.ts";

/** Zero switches a kind of error off; what is missing has a default that does not. */
function ejects(detection: unknown): boolean {
  if (!isFields(detection)) return false;
  const given = ["consecutive5xxErrors", "consecutiveGatewayErrors", "consecutiveLocalOriginFailures"].map((key) =>
    field(detection, key),
  );
  return given[0] === undefined || given.some((count) => typeof count === "number" && count > 0);
}

export const breakerOutlier: Rule = {
  id: "breaker/outlier",
  title: "a DestinationRule ejects failing pods",
  explain:
    "outlierDetection takes a pod out of the callers' rotation after failures in a row. Without it a pod that only fails goes on getting its share of the calls. consecutive5xxErrors: 0 switches it off. Settings for a port take nothing over from the policy above them, so each needs its own. Rules whose host is a wildcard are for no call and are not looked at.",
  severity: "fail",
  fix: "add trafficPolicy.outlierDetection, for instance consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s",
  examine: (unit) =>
    unit.manifests
      .filter(isDestinationRule)
      .flatMap((rule) =>
        unguarded(rule, policiesOf(rule), "outlierDetection", ({ outlierDetection }) => ejects(outlierDetection)),
      ),
};
