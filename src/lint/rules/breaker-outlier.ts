import { judgeOutlier } from "../breaker-judges.ts";
import type { Rule } from "../rule.ts";
import { judgeBlocks } from "../unguarded.ts";

export const breakerOutlier: Rule = {
  id: "breaker/outlier",
  title: "a DestinationRule ejects failing pods",
  explain:
    "outlierDetection takes a pod out of the callers' rotation after failures in a row. Without it a pod that only fails keeps getting its share of the calls. consecutive5xxErrors: 0 switches it off, unless consecutiveGatewayErrors or splitExternalLocalOriginErrors eject instead; so does minHealthPercent: 100. A warning: thresholds that another one reaches first, an interval above baseEjectionTime, a maxEjectionPercent (10 where nothing is said) that is less than one of the pods, as Envoy ejects none then, and minHealthPercent with a maxEjectionPercent that lets Envoy call ejected pods again. Rules for one host are judged merged, as Istio merges them. Settings for a port take nothing over from the policy above them, so each needs its own. A rule for a wildcard is judged by the calls whose rule it is.",
  severity: "fail",
  fix: "add trafficPolicy.outlierDetection, for instance consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s",
  examine: (unit, tree) => judgeBlocks(unit, tree, { name: "outlierDetection", judge: judgeOutlier }),
};
