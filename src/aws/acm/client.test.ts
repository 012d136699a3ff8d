import { expect, it } from "vitest";
import { adapterTrial, jsonAnswer } from "../../../test/support/adapter-trial.ts";
import type { JsonCall } from "../../../test/support/aws-server.ts";

const { signal } = new AbortController();
const trial = adapterTrial();

it("A certificate of ACM is read in every status, with the record that validates all of its names", async () => {
  const seen: JsonCall[] = [];
  const record = { Name: "_a.acme.example.", Type: "CNAME", Value: "_b.acm-validations.aws." };
  const aws = await trial.json((call) => {
    seen.push(call);
    if (call.action === "ListCertificates") {
      const listed = (name: string): object => ({ CertificateArn: `arn:${name}`, DomainName: name });
      return jsonAnswer({ CertificateSummaryList: [listed("acme.example"), listed("other.example")] });
    }
    if (call.action === "ListTagsForCertificate") return jsonAnswer({ Tags: [{ Key: "a", Value: "b" }] });
    const options = ["acme.example", "*.acme.example"].map((DomainName) => ({ DomainName, ResourceRecord: record }));
    return jsonAnswer({
      Certificate: {
        CertificateArn: "arn:acme.example",
        Status: "PENDING_VALIDATION",
        SubjectAlternativeNames: ["acme.example", "*.acme.example"],
        DomainValidationOptions: options,
      },
    });
  });
  expect(await (await aws.service("acm")).certificates("acme.example", signal)).toEqual([
    {
      arn: "arn:acme.example",
      status: "PENDING_VALIDATION",
      names: ["*.acme.example", "acme.example"],
      validation: [{ name: "_a.acme.example", value: "_b.acm-validations.aws." }],
      inUse: false,
      tags: { a: "b" },
    },
  ]);
  expect(seen[0]?.input["CertificateStatuses"]).toContain("VALIDATION_TIMED_OUT");
});

it("A retry of a request for a certificate has the same token", async () => {
  const seen: JsonCall[] = [];
  let lost = 1;
  const aws = await trial.json((call) => {
    seen.push(call);
    return lost-- > 0 ? "drop" : jsonAnswer({ CertificateArn: "arn" });
  });
  await (await aws.service("acm")).requestCertificate(["acme.example", "*.acme.example"], { a: "b" }, signal);
  const [first, second] = seen.map(({ input }) => input);
  expect(first).toMatchObject({
    ValidationMethod: "DNS",
    IdempotencyToken: expect.stringMatching(/^\w{32}$/) as string,
  });
  expect(second).toEqual(first);
});
