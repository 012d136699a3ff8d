import { expect, it } from "vitest";
import type { Finding } from "../core/finding.ts";
import { checkOf, findingGone, findingName, valuesOf } from "./finding-values.ts";

const inputs = Object.fromEntries(
  ["kind", "namespace", "name"].map((from) => [from, { summary: from, type: "text", from, secret: false }] as const),
);
const finding = (subject: string, about?: readonly string[]): Finding => ({
  id: "pods/running",
  severity: "fail",
  subject,
  summary: "fails",
  ...(about === undefined ? {} : { about }),
});

it.each([
  ["pod shop/orders-1", undefined, { kind: "pod", namespace: "shop", name: "orders-1" }],
  ["node ip-10-0-1-17.ec2", undefined, { kind: "node", name: "ip-10-0-1-17.ec2" }],
  ["application orders", undefined, { kind: "application", name: "orders" }],
  ["API server", undefined, {}],
  ["api server", undefined, {}],
  ["istiod", ["istiod"], {}],
  ["3 proxies (shop/a, shop/b and 1 more)", undefined, {}],
  ["2 pods", ["pod shop/a", "pod shop/b"], {}],
  ["EKS cluster shop", ["EKS cluster shop"], {}],
  ["deployment shop/orders → deployment shop/payments", undefined, {}],
  ["host 10.0.0.1 (no pod of this cluster)", undefined, {}],
  ["pod shop/Orders", undefined, {}],
  ["pod shop/--all", undefined, {}],
  ["the source of orders", ["application argocd/orders"], { kind: "application", namespace: "argocd", name: "orders" }],
])("A finding about %j (%j) has the values %j", (subject, about, expected) => {
  expect(Object.fromEntries(valuesOf(finding(subject, about), inputs))).toEqual(expected);
});

it("A finding that is gone is answered with commands for at most three others, and for all of them", () => {
  const current = ["a", "b", "c", "d"].map((name) => finding(`pod shop/${name}`));
  const { message, next } = findingGone("pods/running:000000", "my runbook.md", current);
  expect(message).toContain("pods/running:000000");
  expect(next).toEqual([
    ...current.slice(0, 3).map((each) => `gennet runbook run 'my runbook.md' --from-finding ${findingName(each)}`),
    "gennet status --only pods/running",
  ]);
});

it("The name of a finding has a check and a hash", () => {
  expect(checkOf("pods/running:3fa9c1")).toBe("pods/running");
  for (const named of ["pods/running", "pods", "*:3fa9c1", "pods/running:", "pods/running:3fa9c1x", ":3fa9c1"])
    expect(() => checkOf(named)).toThrow("is not the name of a finding such as breakers/ejected:3fa9c1");
});
