import * as fc from "fast-check";

/** A Service in its own namespace, and DestinationRules that may apply to it. */
export interface RuleCase {
  readonly namespace: string;
  readonly host: string;
  readonly objects: readonly object[];
}

interface Rule {
  readonly home: "caller" | "service" | "root";
  readonly host: "short" | "full" | "partial" | "wildcard";
  readonly scope: { readonly exportTo: readonly string[] } | { readonly workloadSelector: object } | object;
  readonly trafficPolicy: object | undefined;
  readonly subsets: readonly object[] | undefined;
}

const some = <T>(...values: readonly T[]) => fc.constantFrom(undefined, ...values);

/** Returns objects without undefined fields, and not empty: istiod rejects an empty block. */
const block = (model: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .record(model)
    .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)))
    .filter((made) => Object.keys(made).length > 0);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 });

const connectionPool = block({
  tcp: maybe(block({ maxConnections: some(1, 7, 100, 2_147_483_647) })),
  http: maybe(block({ http1MaxPendingRequests: some(1, 7, 100, 2_147_483_647), http2MaxRequests: some(7, 1_000) })),
});

const outlierDetection = block({
  consecutive5xxErrors: some(0, 3, 4_294_967_295),
  consecutiveGatewayErrors: some(0, 2, 4_294_967_295),
  interval: some("1s", "1m30s"),
  baseEjectionTime: some("15s"),
  maxEjectionPercent: some(0, 50, 100),
  minHealthPercent: some(0, 50, 100),
});

const settings = { connectionPool: maybe(connectionPool), outlierDetection: maybe(outlierDetection) };

const portLevelSettings = block(settings).map((made) => [{ port: { number: 80 }, ...made }]);

const trafficPolicy = block({ ...settings, portLevelSettings: fc.option(portLevelSettings, { nil: undefined }) });

const subsets = fc
  .uniqueArray(fc.constantFrom("v1", "v2"), { minLength: 1 })
  .chain((names) => fc.tuple(...names.map((name) => maybe(trafficPolicy).map((policy) => subset(name, policy)))));

const subset = (name: string, policy: object | undefined): object => ({
  name,
  labels: { version: name },
  ...(policy && { trafficPolicy: policy }),
});

const scope = fc.constantFrom(
  {},
  {},
  { exportTo: ["."] },
  { exportTo: ["*"] },
  { exportTo: ["shop"] },
  { exportTo: [".", "shop"] },
  { workloadSelector: { matchLabels: { app: "orders" } } },
  { workloadSelector: { matchLabels: { app: "web" } } },
);

const rule: fc.Arbitrary<Rule> = fc.record({
  home: fc.constantFrom("caller", "service", "service", "root"),
  host: fc.constantFrom("short", "full", "full", "partial", "wildcard"),
  scope,
  trafficPolicy: maybe(trafficPolicy),
  subsets: fc.option(subsets, { nil: undefined, freq: 3 }),
});

/** Returns the requested number of cases, the same for the same seed, for a caller in the namespace shop. */
export function ruleCases(count: number, seed: number): readonly RuleCase[] {
  const sampled = fc.sample(fc.array(rule, { minLength: 1, maxLength: 4 }), { numRuns: count, seed });
  return sampled.map((rules, at) => {
    const namespace = `far-${at}`;
    const homes = { caller: "shop", service: namespace, root: "istio-system" };
    const hosts = {
      short: "pay",
      full: `pay.${namespace}.svc.cluster.local`,
      partial: `pay.${namespace}`,
      wildcard: `*.${namespace}.svc.cluster.local`,
    };
    const written = rules.map(({ home, host, scope: seen, trafficPolicy: policy, subsets: parts }, index) => ({
      apiVersion: "networking.istio.io/v1",
      kind: "DestinationRule",
      metadata: { name: `case-${at}-${index}`, namespace: homes[home] },
      spec: {
        host: hosts[host],
        ...seen,
        ...(policy && { trafficPolicy: policy }),
        ...(parts && { subsets: parts }),
      },
    }));
    const pay = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "pay", namespace },
      spec: { selector: { app: "pay" }, ports: [{ name: "http", port: 80 }] },
    };
    const own = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
    return { namespace, host: hosts.full, objects: [own, pay, ...written] };
  });
}
