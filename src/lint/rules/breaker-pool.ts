import { judgePool } from "../breaker-judges.ts";
import type { Rule } from "../rule.ts";
import { judgeBlocks } from "../unguarded.ts";

export const breakerPool: Rule = {
  id: "breaker/pool",
  title: "a DestinationRule limits connections and requests",
  explain:
    "Without a threshold in connectionPool (tcp.maxConnections, http.http1MaxPendingRequests or http.http2MaxRequests), every limit is 2^32-1, so there is no breaker: a slow callee can use up all connections of its caller. 0 and 2147483647 are the same as no threshold. For HTTP, maxConnections alone never rejects a call, because calls wait for a connection, and http1MaxPendingRequests alone does not limit connections. Both are warnings, unless the Service in the tree is not HTTP. gennet merges rules for the same host as Istio does. Settings for a port do not inherit from the policy above them, so each needs its own. A rule for a wildcard is checked for each call that it applies to.",
  severity: "fail",
  fix: "add trafficPolicy.connectionPool with tcp.maxConnections and http.http1MaxPendingRequests",
  examine: (unit, tree) => judgeBlocks(unit, tree, { name: "connectionPool", judge: judgePool }),
};
