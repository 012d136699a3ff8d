import { describe, expect, it } from "vitest";
import { canI, missingRight } from "./can-i.ts";

const denied = (words: string): string => `x is forbidden: User "jo" ${words}`;

describe("a missing permission", () => {
  it.each([
    ['cannot list resource "namespaces" in API group "" at the cluster scope', "list namespaces"],
    ['cannot list resource "pods" in API group "" at the cluster scope', "list pods -A"],
    ['cannot list resource "deployments" in API group "apps" in the namespace "pay"', "list deployments.apps -n pay"],
    [
      'cannot create resource "pods/portforward" in API group "" in the namespace "pay"',
      "create pods --subresource=portforward -n pay",
    ],
    [
      'cannot get resource "applications" in API group "argoproj.io" in the namespace "argocd": RBAC: role not found',
      "get applications.argoproj.io -n argocd",
    ],
  ])("%s is checked by a command that can be pasted", (words, asked) => {
    const right = missingRight(denied(words));
    expect(right && canI("kubectl --context eu", right)).toBe(`kubectl --context eu auth can-i ${asked}`);
  });

  it("A missing permission is not parsed from the message of a webhook or a policy", () => {
    expect(missingRight('admission webhook "x" denied the request: no')).toBeUndefined();
  });
});
