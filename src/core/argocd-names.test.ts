import { expect, it } from "vitest";
import { applicationServer, projectsOf } from "./argocd-names.ts";

const region = { awsRegion: "cn-north-1", accountId: "111122223333", cluster: "acme-cn" };

it.each(["managed", "external"] as const)(
  "Argo CD that is %s knows its own cluster, and has two projects",
  (argocd) => {
    const platform = { name: "acme", gitops: { argocd } };
    expect(applicationServer(platform, region)).toBe("https://kubernetes.default.svc");
    expect(projectsOf(platform)).toEqual({ services: "acme", components: "acme-platform" });
  },
);

it("Argo CD of EKS knows a cluster by its ARN, and has one project for it", () => {
  const platform = { name: "acme", gitops: { argocd: "capability" } } as const;
  expect(applicationServer(platform, region)).toBe("arn:aws-cn:eks:cn-north-1:111122223333:cluster/acme-cn");
  expect(projectsOf(platform)).toEqual({ services: "acme", components: "acme" });
});
