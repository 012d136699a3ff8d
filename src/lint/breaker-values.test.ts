import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const host = "payments.payments.svc.cluster.local";
const pool = "connectionPool: { http: { http2MaxRequests: 9 } }";
const outlier = "outlierDetection: { consecutive5xxErrors: 5 }";

/** Returns the findings for a rule with this policy, without location and host. */
const judged = (policy: string, more = ""): string[] => {
  const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: payments, namespace: orders }
spec: { host: ${host}, trafficPolicy: { ${policy} } }
`;
  const found = lintFiles({ "a.yaml": `${rule}${more}` }, { only: ["breaker/pool", "breaker/outlier"] });
  return told(found).map((line) => line.replace(/^\S+ /, "").replace(`${host}: `, ""));
};

// https://github.com/envoyproxy/envoy/pull/27909, https://github.com/istio/istio/issues/8846
describe("an outlierDetection of so many pods", () => {
  const pods = (replicas: string, scaler = ""): string => `---
apiVersion: v1
kind: Service
metadata: { name: payments, namespace: payments }
spec: { selector: { app: payments }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: payments, namespace: payments }
spec: { ${replicas}, selector: { matchLabels: { app: payments } }, template: { metadata: { labels: { app: payments } } } }
${scaler}`;
  const scaler = (most: number): string => `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: payments, namespace: payments }
spec: { minReplicas: 2, maxReplicas: ${most}, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: payments } }
`;
  const of = (more: string, ejection = "consecutive5xxErrors: 5"): string[] =>
    judged(`${pool}, outlierDetection: { ${ejection} }`, more);
  const none = (count: number, percent: number): string =>
    `warn breaker/outlier: never ejects any of ${count} pods, because one pod is more than ${percent} % of them (maxEjectionPercent)`;

  it("An outlierDetection never ejects if one pod is more than maxEjectionPercent, which defaults to 10", () => {
    expect(of(pods("replicas: 3"))).toEqual([none(3, 10)]);
    expect(of(pods("replicas: 3"), "maxEjectionPercent: 33")).toEqual([none(3, 33)]);
    expect(of(pods("replicas: 3"), "maxEjectionPercent: 34")).toEqual([]);
    expect(of(pods("replicas: 10"))).toEqual([]);
  });

  it("An outlierDetection is checked against the maximum replicas of the autoscaler", () => {
    expect(of(pods("replicas: 2", scaler(4)))).toEqual([none(4, 10)]);
    expect(of(pods("replicas: 2", scaler(10)))).toEqual([]);
  });

  it.each(["paused: false", 'replicas: "${REPLICAS}"', "replicas: 1"])(
    "An outlierDetection is not checked against the pods with %s",
    (replicas) => {
      expect(of(pods(replicas))).toEqual([]);
    },
  );
});

describe("a connectionPool", () => {
  const limits = (connectionPool: string, more = ""): string[] =>
    judged(`connectionPool: ${connectionPool}, ${outlier}`, more);

  it.each([
    "{ tcp: { maxConnections: 0 }, http: { http1MaxPendingRequests: 0 } }",
    "{ tcp: { maxConnections: 2147483647 } }",
    "{ tcp: { maxConnections: 4294967295 } }",
    "{ tcp: { maxConnections: null }, http: null }",
    "{ http: { maxRetries: 3, maxRequestsPerConnection: 1, idleTimeout: 1s } }",
    "{ tcp: { connectTimeout: 1s } }",
  ])("A connectionPool limits nothing: %s", (connectionPool) => {
    expect(limits(connectionPool)).toEqual(["fail breaker/pool: its connectionPool limits nothing"]);
  });

  it("A connectionPool that is null does not exist", () => {
    expect(limits("null")).toEqual(["fail breaker/pool: no connectionPool"]);
  });

  it.each([
    "{ http: { http2MaxRequests: 9 } }",
    "{ tcp: { maxConnections: 9 }, http: { http1MaxPendingRequests: 9 } }",
    '{ http: { http2MaxRequests: 9 }, tcp: { maxConnections: "${MAX}" } }',
  ])("A connectionPool rejects calls: %s", (connectionPool) => {
    expect(limits(connectionPool)).toEqual([]);
  });

  it.each(['{ tcp: { maxConnections: "5" } }', "{ http: { http2MaxRequests: many } }"])(
    "A connectionPool fails if a number is a text, which the API server rejects: %s",
    (connectionPool) => {
      expect(limits(connectionPool)).toEqual([
        "fail breaker/pool: its connectionPool has text where the API server only accepts a number",
      ]);
    },
  );

  it.each(["$MAX", "'%MAX%'", "'#{max}#'", "'@@MAX@@'", "__MAX__"])(
    "A connectionPool is unknown if %s is a placeholder",
    (max) => {
      expect(limits(`{ tcp: { maxConnections: ${max} } }`)).toEqual([
        "unknown breaker/pool: connectionPool.tcp.maxConnections contains a placeholder",
      ]);
    },
  );

  it("A connectionPool is unknown if its limits are placeholders", () => {
    expect(limits('{ tcp: { maxConnections: "${MAX}" } }')).toEqual([
      "unknown breaker/pool: connectionPool.tcp.maxConnections contains a placeholder",
    ]);
  });

  it("A connectionPool with only half of what rejects HTTP calls is a warning", () => {
    expect(limits("{ tcp: { maxConnections: 5 } }")).toEqual([
      "warn breaker/pool: maxConnections alone never rejects an HTTP call: calls wait for a connection, without a limit on how many",
    ]);
    expect(limits("{ http: { http1MaxPendingRequests: 5 } }")).toEqual([
      "warn breaker/pool: http1MaxPendingRequests alone limits waiting calls, but not connections",
    ]);
  });

  it("A connectionPool that only limits connections is enough if the Service is not HTTP", () => {
    const service = (port: string) => `---
apiVersion: v1
kind: Service
metadata: { name: payments, namespace: payments }
spec: { ports: [${port}] }
`;
    const only = "{ tcp: { maxConnections: 5 } }";
    expect(limits(only, service("{ name: tcp-a, port: 1 }"))).toEqual([]);
    expect(limits(only, service("{ name: a, appProtocol: redis, port: 1 }"))).toEqual([]);
    expect(limits(only, service("{ name: tcp-a, port: 1 }, { name: http, port: 2 }"))).toHaveLength(1);
  });
});

describe("an outlierDetection", () => {
  const ejects = (outlierDetection: string): string[] => judged(`${pool}, outlierDetection: ${outlierDetection}`);

  it.each([
    "{ consecutive5xxErrors: 0 }",
    "{ consecutive5xxErrors: 0, interval: 5s }",
    "{ consecutive5xxErrors: 0, consecutiveGatewayErrors: 0 }",
    "{ consecutive5xxErrors: 0, consecutiveLocalOriginFailures: 5 }",
    "{ consecutive5xxErrors: 2147483647 }",
    "{ consecutive5xxErrors: 4294967295, consecutiveGatewayErrors: null }",
  ])("An outlierDetection ejects nothing: %s", (outlierDetection) => {
    expect(ejects(outlierDetection)).toEqual(["fail breaker/outlier: its outlierDetection has no effect"]);
  });

  it("An outlierDetection has no effect if all hosts must be healthy", () => {
    expect(ejects("{ consecutive5xxErrors: 5, minHealthPercent: 100 }")).toEqual([
      "fail breaker/outlier: its outlierDetection has no effect: with minHealthPercent 100, Envoy calls ejected pods anyway",
    ]);
  });

  it.each([
    "{}",
    "{ consecutive5xxErrors: null }",
    "{ consecutiveGatewayErrors: 3 }",
    "{ consecutive5xxErrors: 0, consecutiveGatewayErrors: 50 }",
    "{ consecutive5xxErrors: 0, splitExternalLocalOriginErrors: true }",
    "{ consecutive5xxErrors: 5, maxEjectionPercent: 0 }",
    "{ consecutive5xxErrors: 5, maxEjectionPercent: 50, minHealthPercent: 50 }",
    "{ consecutive5xxErrors: 5, interval: 1s, baseEjectionTime: 3m }",
  ])("An outlierDetection ejects: %s", (outlierDetection) => {
    expect(ejects(outlierDetection)).toEqual([]);
  });

  it("An outlierDetection is unknown if its thresholds are placeholders, unless another one ejects", () => {
    expect(ejects('{ consecutive5xxErrors: "${COUNT}" }')).toEqual([
      "unknown breaker/outlier: outlierDetection.consecutive5xxErrors contains a placeholder",
    ]);
    expect(ejects('{ consecutive5xxErrors: "${COUNT}", consecutiveGatewayErrors: 3 }')).toEqual([]);
  });

  it("An outlierDetection with a threshold that is never reached is a warning", () => {
    expect(ejects("{ consecutiveGatewayErrors: 50 }")).toEqual([
      "warn breaker/outlier: consecutiveGatewayErrors: 50 is never reached: gateway errors count as 5xx, and 5 consecutive 5xx eject a pod first",
    ]);
    expect(ejects("{ consecutiveErrors: 3 }")).toEqual([
      "warn breaker/outlier: Istio no longer supports consecutiveErrors: pods are ejected after 5 consecutive 5xx errors, the default",
    ]);
  });

  it("An outlierDetection whose ejected pods return much later than configured is a warning", () => {
    expect(ejects("{ interval: 10m, baseEjectionTime: 30s }")).toEqual([
      "warn breaker/outlier: ejected pods return only at the end of an interval: interval 10m00s turns baseEjectionTime 30.0s into up to 10m30s",
    ]);
  });

  it("An outlierDetection is a warning if Envoy calls ejected pods again", () => {
    expect(ejects("{ maxEjectionPercent: 100, minHealthPercent: 50 }")).toEqual([
      "warn breaker/outlier: if fewer than 50 % of the pods are healthy (minHealthPercent), Envoy calls ejected pods again",
    ]);
  });
});
