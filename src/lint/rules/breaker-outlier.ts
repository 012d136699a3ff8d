import { judgeOutlier } from "../breaker-judges.ts";
import type { Rule } from "../rule.ts";
import { judgeBlocks } from "../unguarded.ts";

export const breakerOutlier: Rule = {
  id: "breaker/outlier",
  title: "a DestinationRule ejects failing pods",
  explain:
    "outlierDetection removes a pod from the callers' rotation after consecutive failures. Without it, a failing pod keeps getting its share of the calls. consecutive5xxErrors: 0 disables it, unless consecutiveGatewayErrors or splitExternalLocalOriginErrors eject instead; so does minHealthPercent: 100. Warnings: thresholds that another one always reaches first; an interval longer than baseEjectionTime; a maxEjectionPercent (default 10) that amounts to less than one pod, because Envoy then ejects none; and minHealthPercent with a maxEjectionPercent that lets Envoy call ejected pods again. gennet merges rules for the same host as Istio does. Settings for a port do not inherit from the policy above them, so each needs its own. A rule for a wildcard is checked for each call that it applies to.",
  severity: "fail",
  fix: "add trafficPolicy.outlierDetection, for example consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s",
  examine: (unit, tree) => judgeBlocks(unit, tree, { name: "outlierDetection", judge: judgeOutlier }),
};
