import { describe, expect, it } from "vitest";
import { type DestinationRule, mergeInto, type MergedRule } from "./merged-rules.ts";
import { indexRules, ruleFor } from "./rule-for-call.ts";

/**
 * The rules and answers of istiod's own tests: istio pilot/pkg/model/push_context_test.go at 1.31,
 * TestSetDestinationRuleWithExportTo, …Merging and …WithWorkloadSelector.
 */
const host = "httpbin.org";
const rule = (name: string, spec: object, createdAt?: string): DestinationRule => {
  const [namespace = "", own = ""] = name.split("/");
  return { namespace, name: own, spec: { host, ...spec }, createdAt };
};
const subsets = (...names: string[]) => ({ subsets: names.map((name) => ({ name })) });
const namesOf = (taken: MergedRule | undefined) => taken?.subsets.map(({ name }) => name);

describe("the rule that a proxy gets", () => {
  const index = indexRules(
    [
      rule("test1/rule1", { exportTo: [".", "ns1"], ...subsets("subset1", "subset2") }),
      rule("test2/rule2", { exportTo: ["test2", "ns1", "test1", "newNS"], ...subsets("subset3", "subset4") }),
      rule("test3/rule3", { exportTo: ["test1", "test2", "*"], ...subsets("subset5", "subset6") }),
      rule("test4/rule4-local", { exportTo: ["test4"], ...subsets("subset15", "subset16") }),
      rule("istio-system/rule4", subsets("subset7", "subset8")),
      rule("istio-system/rule1", { exportTo: ["."], ...subsets("subset9", "subset10") }),
      rule("istio-system/rule2", { host: "*.org", exportTo: ["."], ...subsets("subset11", "subset12") }),
      rule("istio-system/rule3", { host: "*.app.org", exportTo: ["."], ...subsets("subset13", "subset14") }),
    ],
    {},
  );

  it.each([
    ["test1", "test1", host, ["subset1", "subset2"]],
    ["test1", "test2", host, ["subset1", "subset2"]],
    ["test2", "test1", host, ["subset3", "subset4"]],
    ["newNS", "test2", host, ["subset3", "subset4"]],
    ["test3", "test1", host, ["subset5", "subset6"]],
    ["test5", "test4", host, ["subset7", "subset8"]],
    ["ns1", "test1", host, ["subset1", "subset2"]],
    ["ns1", "random", host, ["subset7", "subset8"]],
    ["random", "random", host, ["subset7", "subset8"]],
    ["test3", "random", host, ["subset5", "subset6"]],
    ["istio-system", "random", host, ["subset9", "subset10"]],
    ["istio-system", "random", "foo.app.org", ["subset13", "subset14"]],
  ])(
    "The rule that a proxy gets in %s, for a service in %s (%s), is the one with %j",
    (from, namespace, called, expected) => {
      const taken = ruleFor(index, { from: { namespace: from, labels: {} }, host: called, namespace });
      expect(namesOf(taken)).toEqual(expected);
    },
  );
});

describe("rules for one host in one namespace", () => {
  const fromOf = (merged: readonly MergedRule[]) => merged.map(({ from }) => from.map(({ name }) => name));

  it("Rules for one host in one namespace become one with the subsets of all, separate from one with other exports", () => {
    const all = [
      rule("test/rule1", subsets("subset1", "subset2")),
      rule("test/rule2", subsets("subset3", "subset4")),
      rule("test/rule3", { exportTo: ["istio-system"], ...subsets("subset5", "subset6") }),
    ];
    const { local, exported } = indexRules(all, {});
    const [here, there] = [local, exported].map((each) => each.get("test")?.get(host) ?? []);
    expect([fromOf(here ?? []), here?.map(namesOf)]).toEqual([
      [["rule1", "rule2"]],
      [["subset1", "subset2", "subset3", "subset4"]],
    ]);
    expect(fromOf(there ?? [])).toEqual([["rule1", "rule2"], ["rule3"]]);
  });

  it("Rules for one host are merged by workload, each with the one for all workloads, which alone is exported", () => {
    const selecting = (app: string) => ({
      exportTo: ["test2", "."],
      workloadSelector: { matchLabels: { app } },
      trafficPolicy: {},
    });
    const { local, exported } = indexRules(
      [
        rule("test/nsRule1", selecting("app1"), "2026-01-01T00:00:01Z"),
        rule("test/nsRule2", selecting("app2"), "2026-01-01T00:00:02Z"),
        rule("test/nsRule3", selecting("app2"), "2026-01-01T00:00:02Z"),
        rule("test/nsRule4", { exportTo: [".", "test2"], trafficPolicy: {} }, "2026-01-01T00:00:00Z"),
      ],
      {},
    );
    expect(fromOf(local.get("test")?.get(host) ?? [])).toEqual([
      ["nsRule1", "nsRule4"],
      ["nsRule2", "nsRule3", "nsRule4"],
      ["nsRule4"],
    ]);
    expect(fromOf(exported.get("test")?.get(host) ?? [])).toEqual([["nsRule4"]]);
  });

  it("Rules for one host follow the oldest if both have a policy or a subset of the same name", () => {
    const [older, newer] = [
      rule("test/z", { trafficPolicy: { a: 1 }, ...subsets("v1") }, "2026-01-01T00:00:00Z"),
      rule("test/a", { trafficPolicy: { a: 2 }, ...subsets("v1", "v2") }, "2026-01-02T00:00:00Z"),
    ];
    const [merged] = [older, newer].reduce<MergedRule[]>(mergeInto, []);
    expect(merged?.policy?.name).toBe("z");
    expect(merged?.subsets.map(({ name, rule: { name: of } }) => `${name} ${of}`)).toEqual(["v1 z", "v2 a"]);
    const taken = ruleFor(indexRules([newer, older], {}), {
      from: { namespace: "test", labels: {} },
      host,
      namespace: "test",
    });
    expect(taken?.policy?.name).toBe("z");
  });
});
