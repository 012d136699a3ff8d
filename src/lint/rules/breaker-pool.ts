import { field } from "../fields.ts";
import { isDestinationRule, policiesOf } from "../hosts.ts";
import type { Rule } from "../rule.ts";
import { unguarded } from "../unguarded.ts";

/** What Envoy counts against: the other fields of a pool are time-outs and retries. */
const thresholds = [
  ["tcp", "maxConnections"],
  ["http", "http1MaxPendingRequests"],
  ["http", "http2MaxRequests"],
] as const;

export const breakerPool: Rule = {
  id: "breaker/pool",
  title: "a DestinationRule limits connections and requests",
  explain:
    "Without a threshold in connectionPool (tcp.maxConnections, http.http1MaxPendingRequests or http.http2MaxRequests) every limit is 2^32-1, which is no breaker: a slow callee takes all of its caller's connections. Settings for a port take nothing over from the policy above them, so each needs its own. Rules whose host is a wildcard are for no call and are not looked at.",
  severity: "fail",
  fix: "add trafficPolicy.connectionPool with tcp.maxConnections and http.http1MaxPendingRequests",
  examine: (unit) =>
    unit.manifests
      .filter(isDestinationRule)
      .flatMap((rule) =>
        unguarded(rule, policiesOf(rule), "connectionPool", ({ connectionPool }) =>
          thresholds.some((path) => field(connectionPool, ...path) !== undefined),
        ),
      ),
};
