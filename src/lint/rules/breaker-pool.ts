import { judgePool } from "../breaker-judges.ts";
import type { Rule } from "../rule.ts";
import { judgeBlocks } from "../unguarded.ts";

export const breakerPool: Rule = {
  id: "breaker/pool",
  title: "a DestinationRule limits connections and requests",
  explain:
    "Without a threshold in connectionPool (tcp.maxConnections, http.http1MaxPendingRequests or http.http2MaxRequests) every limit is 2^32-1, which is no breaker: a slow callee takes all of its caller's connections. 0 is the same as no threshold, and so is 2147483647. By HTTP maxConnections alone refuses nothing, for calls wait for a connection, and http1MaxPendingRequests alone limits no connections: a warning, unless the Service in the tree says that it is no HTTP. Rules for one host are judged merged, as Istio merges them. Settings for a port take nothing over from the policy above them, so each needs its own. A rule for a wildcard is judged by the calls whose rule it is.",
  severity: "fail",
  fix: "add trafficPolicy.connectionPool with tcp.maxConnections and http.http1MaxPendingRequests",
  examine: (unit, tree) => judgeBlocks(unit, tree, { name: "connectionPool", judge: judgePool }),
};
