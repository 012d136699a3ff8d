import { describe, expect, it } from "vitest";
import { adapterTrial, queryError } from "../../../test/support/adapter-trial.ts";
import type { AwsAnswer } from "../../../test/support/aws-server.ts";
import type { Route53 } from "./port.ts";

const { signal } = new AbortController();
const trial = adapterTrial();

const zone = `<HostedZone><Id>/hostedzone/Z1</Id><Name>acme.example.</Name><CallerReference>gennet/acme/1</CallerReference>
  <Config><PrivateZone>false</PrivateZone></Config></HostedZone>`;

it("Zones of Route 53 are found by their whole name", async () => {
  const other = zone.replace("acme.example.", "b.acme.example.");
  const bodies = [
    `<ListHostedZonesByNameResponse><HostedZones>${zone}${other}</HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesByNameResponse>`,
    `<ListTagsForResourceResponse><ResourceTagSet><ResourceId>Z1</ResourceId><ResourceType>hostedzone</ResourceType><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></ResourceTagSet></ListTagsForResourceResponse>`,
  ];
  const aws = await trial.query(() => ({ status: 200, body: bodies.shift() ?? "" }));
  expect(await (await aws.service("route53")).hostedZones("acme.example", signal)).toEqual([
    { id: "Z1", name: "acme.example", isPrivate: false, callerReference: "gennet/acme/1", tags: { a: "b" } },
  ]);
});

it("A zone that Route 53 does not have is undefined", async () => {
  const body =
    "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchHostedZone</Code><Message>no</Message></Error></ErrorResponse>";
  const aws = await trial.query(() => ({ status: 404, body }));
  expect(await (await aws.service("route53")).hostedZone("Z1", signal)).toBeUndefined();
});

it("Records of Route 53 are read without the dots at the end of their names", async () => {
  const record = `<ResourceRecordSet><Name>_a.acme.example.</Name><Type>CNAME</Type><TTL>300</TTL>
    <ResourceRecords><ResourceRecord><Value>_b.acm-validations.aws.</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`;
  const body = `<ListResourceRecordSetsResponse><ResourceRecordSets>${record}</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListResourceRecordSetsResponse>`;
  const aws = await trial.query(() => ({ status: 200, body }));
  expect(await (await aws.service("route53")).records("Z1", signal)).toEqual([
    { name: "_a.acme.example", type: "CNAME", ttl: 300, values: ["_b.acm-validations.aws."] },
  ]);
});

describe("the VPCs of a private zone", () => {
  const vpc = { vpcId: "vpc-1", awsRegion: "eu-west-1" };
  const error = (code: string): AwsAnswer => queryError(code, "AWS's own words");
  const zonesOfVpc = (id: string): AwsAnswer => ({
    status: 200,
    body: `<ListHostedZonesByVPCResponse><HostedZoneSummaries><HostedZoneSummary><HostedZoneId>${id}</HostedZoneId><Name>acme.internal.</Name><Owner><OwningAccount>111122223333</OwningAccount></Owner></HostedZoneSummary></HostedZoneSummaries><MaxItems>100</MaxItems></ListHostedZonesByVPCResponse>`,
  });
  /** Answers each call in turn. */
  const route53With = async (...answers: readonly AwsAnswer[]): Promise<Route53> => {
    const left = [...answers];
    return (await trial.query(() => left.shift() ?? error("InternalFailure"))).service("route53");
  };

  it("The zones of a VPC have their ids and names", async () => {
    const route53 = await route53With(zonesOfVpc("Z1"));
    expect(await route53.zonesOf(vpc, signal)).toEqual([{ id: "Z1", name: "acme.internal" }]);
  });

  it("An association whose answer was lost conflicts with itself, and counts as made", async () => {
    const route53 = await route53With(error("ConflictingDomainExists"), zonesOfVpc("Z1"));
    await expect(route53.associateVpc("Z1", vpc, signal)).resolves.toBeUndefined();
  });

  it("An association that conflicts with another zone is an error", async () => {
    const route53 = await route53With(error("ConflictingDomainExists"), zonesOfVpc("Z2"));
    await expect(route53.associateVpc("Z1", vpc, signal)).rejects.toMatchObject({ code: "AWS_REJECTED" });
  });

  it.each(["VPCAssociationNotFound", "NoSuchHostedZone"])("An association that is gone (%s) is ended", async (code) => {
    const route53 = await route53With(error(code));
    await expect(route53.disassociateVpc("Z1", vpc, signal)).resolves.toBeUndefined();
  });

  it("The last association of a zone is not ended", async () => {
    const route53 = await route53With(error("LastVPCAssociation"));
    await expect(route53.disassociateVpc("Z1", vpc, signal)).rejects.toMatchObject({ code: "AWS_REJECTED" });
  });

  it("An authorization that is gone is ended", async () => {
    const route53 = await route53With(error("VPCAssociationAuthorizationNotFound"));
    await expect(route53.endAuthorization("Z1", vpc, signal)).resolves.toBeUndefined();
  });
});
