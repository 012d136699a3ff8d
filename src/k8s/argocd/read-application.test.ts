import { expect, it } from "vitest";
import { application } from "../../../test/support/applications.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { createArgoCd } from "./argocd.ts";
import { readApplication } from "./read-application.ts";

const { signal } = new AbortController();
const arn = "arn:aws:eks:eu-west-1:111122223333:cluster/acme-eu";

function deployingTo(destination: object): ReturnType<typeof application> {
  const object = application("orders");
  return { ...object, spec: { ...object.spec, destination: { namespace: "orders", ...destination } } };
}

it.each([
  [{ server: "https://kubernetes.default.svc" }, true],
  [{ name: "in-cluster" }, true],
  [{ server: arn }, true],
  [{ server: arn.replace("acme-eu", "acme-us") }, false],
  [{ server: "https://10.0.0.1" }, false],
  [{ name: "production" }, false],
])("An Application that deploys to %j deploys to the cluster that has it: %s", (destination, inCluster) => {
  expect(readApplication(deployingTo(destination), arn).destination.inCluster).toBe(inCluster);
});

it("An Application of the cluster's ARN deploys there also after gennet has changed it", async () => {
  const { cluster, store } = memoryCluster("eu");
  store(deployingTo({ server: arn }));
  const argocd = createArgoCd(cluster, arn);
  const found = await argocd.applications({ namespace: "argocd" }, signal);
  const [orders] = found;
  if (orders === undefined) throw new Error("there is no Application");
  const refreshed = await argocd.requestRefresh(orders, signal);
  const asked = await argocd.requestSync(refreshed, { id: "1", prune: false }, signal);
  const withdrawn = await argocd.withdraw(asked, signal);
  for (const each of [orders, refreshed, asked, withdrawn]) expect(each.destination.inCluster).toBe(true);
});
