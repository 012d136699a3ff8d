import { expect, it } from "vitest";
import { statusError } from "./errors.ts";

it("A rejected credential of an EKS cluster points to its access entries, because a new login may not help", () => {
  const accessEntries = "aws eks list-access-entries --cluster-name shop --region eu-west-1";
  const cluster = { name: "eu", kubectl: "kubectl --context eu" };
  const [ofEks, ofContext] = [{ ...cluster, accessEntries }, cluster].map((each) =>
    statusError(each, "get version", 401, { message: "Unauthorized" }),
  );
  expect(ofEks).toMatchObject({
    code: "KUBE_DENIED",
    message: expect.stringContaining("no access entry"),
    next: [expect.stringContaining(accessEntries), expect.anything(), expect.anything()],
  });
  expect(ofContext?.next[0]).toContain("kubectl --context eu auth whoami");
});
