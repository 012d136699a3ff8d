import { beforeAll, describe, expect, it } from "vitest";
import { healthSteps } from "../../src/region/health-steps.ts";
import { awsModel } from "../support/aws-models.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { pythonTools } from "../support/uv.ts";

// The first use on a machine installs Python packages.
beforeAll(async () => void (await pythonTools()), 600_000);

const account = "eu-west-1:111122223333";
const arns = {
  ClusterIssueCode: `arn:aws:eks:${account}:cluster/acme-eu`,
  NodegroupIssueCode: `arn:aws:eks:${account}:nodegroup/acme-eu/default/1`,
  AddonIssueCode: `arn:aws:eks:${account}:addon/acme-eu/coredns/1`,
};

describe("health issues of EKS", () => {
  it("Every code that EKS's model knows of clusters, node groups and add-ons has a next step", async () => {
    const { shapes } = await awsModel("eks");
    for (const [shape, arn] of nonEmpty(Object.entries(arns))) {
      const codes = nonEmpty(shapes[shape]?.enum ?? []);
      const silent = codes.filter((code) => healthSteps([`${code}: why`], arn).length !== 1);
      expect({ shape, silent }).toEqual({ shape, silent: [] });
    }
  });

  it("Issues with the same next step have it once, and a code of tomorrow has none", () => {
    const issues = ["IamThrottling: slow", "InternalFailure: oops", "ACodeOfTomorrow: new"];
    expect(healthSteps(issues, arns.NodegroupIssueCode)).toHaveLength(1);
  });
});
