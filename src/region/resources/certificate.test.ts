import { describe, expect, it } from "vitest";
import type { Certificate } from "../../aws/acm/port.ts";
import { killedAtEveryChange } from "../../../test/support/killed-at-every-change.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { type StoreTrial, storeTrial } from "../../../test/support/store-trial.ts";
import { certificateIssued } from "./certificate-issued.ts";
import { certificateRecord } from "./certificate-record.ts";
import { certificate } from "./certificate.ts";
import { hostedZone } from "./hosted-zone.ts";

function trial(zone = "create"): StoreTrial {
  return storeTrial([hostedZone, certificate, certificateRecord, certificateIssued], { hostedZone: zone });
}

async function built(): Promise<StoreTrial> {
  const cloud = trial();
  await cloud.bootstrap();
  return cloud;
}

function certificatesIn({ zones }: StoreTrial, awsRegion: string): readonly Certificate[] {
  return [...zones.certificates.values()].filter(({ arn }) => arn.split(":")[3] === awsRegion);
}

const foreignZone = { id: "Z77", isPrivate: false, callerReference: "console", tags: {}, records: [], vpcs: [] };

describe("the domain of the platform", () => {
  it("One zone is created, and each region gets a certificate that one shared record validates", async () => {
    const cloud = await built();
    const [zone] = nonEmpty(cloud.zones.zones);
    expect(cloud.zones.zones).toHaveLength(1);
    expect(zone).toMatchObject({ name: "acme.example", tags: { "gennet:platform": "acme", "gennet:managed": "true" } });
    for (const region of ["eu-west-1", "us-east-1"]) {
      expect(certificatesIn(cloud, region)).toMatchObject([
        { status: "ISSUED", names: ["*.acme.example", "acme.example"] },
      ]);
    }
    expect(zone.records.filter(({ type }) => type === "CNAME")).toHaveLength(1);
    expect(await cloud.pending()).toEqual({});
  });

  it("A zone that is given is used, and neither tagged nor deleted", async () => {
    const cloud = trial("Z77");
    cloud.zones.zones.push(
      { ...foreignZone, name: "example.org" },
      { ...foreignZone, name: "acme.example", id: "Z78" },
    );
    expect((await cloud.pending())["platform/hosted-zone"]).toContain("which does not contain acme.example");
    cloud.zones.zones.splice(0, 2, { ...foreignZone, name: "acme.example" });
    await cloud.bootstrap();
    expect(cloud.zones.zones).toMatchObject([{ id: "Z77", tags: {} }]);
    await cloud.destroy();
    expect(cloud.zones.zones).toHaveLength(1);
    expect(cloud.zones.certificates.size).toBe(0);
  });

  it("A second zone of the same domain is not created beside one that exists", async () => {
    const cloud = trial();
    cloud.zones.zones.push({ ...foreignZone, name: "acme.example" });
    expect((await cloud.pending())["platform/hosted-zone"]).toContain("set hostedZone to Z77");
    await cloud.bootstrap();
    expect(cloud.zones.zones).toHaveLength(1);
  });

  it("A zone that lost its tags is still known, and tagged again", async () => {
    const cloud = await built();
    for (const zone of nonEmpty(cloud.zones.zones)) zone.tags = {};
    expect(Object.keys(await cloud.pending())).toEqual(["platform/hosted-zone"]);
    await cloud.bootstrap();
    expect(cloud.zones.zones).toMatchObject([{ tags: { "gennet:managed": "true" } }]);
  });
});

describe("a run that is killed", () => {
  it("A run that is killed at any change is continued, and creates nothing twice", async () => {
    await killedAtEveryChange({
      begin: () => trial(),
      run: (cloud) => cloud.bootstrap(),
      moreThan: 4,
      compare: async (cloud) => {
        expect([cloud.zones.zones.length, cloud.zones.certificates.size]).toEqual([1, 2]);
        expect(await cloud.pending()).toEqual({});
      },
    });
  });
});

describe("a certificate that differs", () => {
  it.each(["VALIDATION_TIMED_OUT", "FAILED", "EXPIRED", "REVOKED", "INACTIVE"])(
    "A certificate that is %s is replaced",
    async (status) => {
      const cloud = await built();
      const [old] = nonEmpty(certificatesIn(cloud, "eu-west-1"));
      cloud.zones.certificates.set(old.arn, { ...old, status });
      expect((await cloud.pending())["eu/certificate"]).toEqual([
        { verb: "delete", target: `certificate that is ${status}` },
        expect.objectContaining({ verb: "create", target: "certificate of acme.example" }),
      ]);
      await cloud.bootstrap();
      const certificates = certificatesIn(cloud, "eu-west-1");
      expect(certificates).toMatchObject([{ status: "ISSUED" }]);
      expect(certificates[0]?.arn).not.toBe(old.arn);
      expect(await cloud.pending()).toEqual({});
    },
  );

  it("An expired certificate that is in use stays beside its replacement", async () => {
    const cloud = await built();
    const [old] = nonEmpty(certificatesIn(cloud, "eu-west-1"));
    cloud.zones.certificates.set(old.arn, { ...old, status: "EXPIRED", inUse: true });
    await cloud.bootstrap();
    expect(certificatesIn(cloud, "eu-west-1").map(({ status }) => status)).toEqual(["EXPIRED", "ISSUED"]);
    expect(await cloud.pending()).toEqual({});
  });

  it("A record that was deleted is created again, because renewals need it", async () => {
    const cloud = await built();
    const [zone] = nonEmpty(cloud.zones.zones);
    zone.records = zone.records.filter(({ type }) => type !== "CNAME");
    expect(Object.keys(await cloud.pending()).toSorted()).toEqual(["eu/certificate-record", "us/certificate-record"]);
    await cloud.bootstrap();
    expect(zone.records.filter(({ type }) => type === "CNAME")).toHaveLength(1);
  });

  it("A certificate of the same name without the tags is left alone", async () => {
    const cloud = await built();
    const [own] = nonEmpty(certificatesIn(cloud, "eu-west-1"));
    const foreign = { ...own, arn: `${own.arn}0`, tags: {}, status: "FAILED" };
    cloud.zones.certificates.set(foreign.arn, foreign);
    expect(await cloud.pending()).toEqual({});
    await cloud.destroy();
    expect([...cloud.zones.certificates.keys()]).toEqual([foreign.arn]);
  });
});

describe("removing the domain", () => {
  it("The zone goes last, with the records of the certificates", async () => {
    const cloud = await built();
    await cloud.destroy();
    expect([cloud.zones.zones.length, cloud.zones.certificates.size]).toEqual([0, 0]);
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
  });

  it("A zone with other records is not deleted", async () => {
    const cloud = await built();
    const [zone] = nonEmpty(cloud.zones.zones);
    zone.records = [...zone.records, { name: "www.acme.example", type: "A", ttl: 60, values: ["192.0.2.1"] }];
    await expect(cloud.destroy()).rejects.toThrow("it has records: www.acme.example (A)");
  });

  it("A certificate that a load balancer uses is not deleted", async () => {
    const cloud = await built();
    const [used] = nonEmpty(certificatesIn(cloud, "us-east-1"));
    cloud.zones.certificates.set(used.arn, { ...used, inUse: true });
    await expect(cloud.destroy()).rejects.toThrow("ResourceInUseException");
  });
});
