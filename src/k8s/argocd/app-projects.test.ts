import { expect, it } from "vitest";
import { application, project } from "../../../test/support/applications.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { AppError } from "../../core/error.ts";
import { createArgoCd } from "./argocd.ts";
import { readApplication } from "./read-application.ts";

const { signal } = new AbortController();
const now = Date.parse("2026-01-02T03:04:05Z");
const always = { kind: "deny", schedule: "* * * * *", duration: "1h", applications: ["*"] };

it("An AppProject whose read failed is read again on next use, and then no more", async () => {
  const { cluster, store } = memoryCluster("eu");
  store(project("default", [always]));
  let gets = 0;
  const argocd = createArgoCd({
    ...cluster,
    get: async (...args) => {
      gets += 1;
      if (gets === 1) throw new AppError("KUBE_UNREACHABLE", "connection reset");
      return cluster.get(...args);
    },
  });
  const orders = readApplication(application("orders"));
  await expect(argocd.blockedBy(orders, now, signal)).rejects.toThrow("connection reset");
  expect((await argocd.blockedBy(orders, now, signal))?.reason).toContain("the deny window");
  expect((await argocd.blockedBy(orders, now, signal))?.reason).toContain("the deny window");
  expect(gets).toBe(2);
});
