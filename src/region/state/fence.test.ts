import { beforeEach, describe, expect, it } from "vitest";
import { awsChanges } from "../../../test/support/aws-changes.ts";
import { type MemoryBuckets, memoryS3 } from "../../../test/support/memory-s3.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import { AppError } from "../../core/error.ts";
import { type Fence, fenced, fencesIn, leaveFence, liftFence } from "./fence.ts";
import type { StateBucket } from "./state-object.ts";

const { signal } = new AbortController();
const bucket = "acme-eu-111122223333-state";
const fence: Fence = {
  region: "us",
  user: "ana@laptop",
  failover: "r1",
  journal: "regions/acme",
  since: "2026-01-02T03:04:05.000Z",
};

let buckets: MemoryBuckets;
let place: StateBucket;

beforeEach(async () => {
  buckets = new Map();
  place = { s3: memoryS3(buckets, awsChanges()), bucket, clock: virtualClock() };
  await memoryS3(buckets, awsChanges()).createBucket({ name: bucket, objectLock: false, tags: {} }, signal);
});

const objects = () => buckets.get(bucket)?.objects;

describe("a fence", () => {
  it("A fence is an object of the surviving region's bucket, and is found until it is lifted", async () => {
    expect(await fencesIn(place, signal)).toEqual([]);
    await leaveFence(place, fence, signal);
    expect([...(objects()?.keys() ?? [])]).toEqual(["fences/us"]);
    const [found] = await fencesIn(place, signal);
    expect(found).toMatchObject({ ...fence, bucket });
    expect(found && (await liftFence(place, found, signal))).toBe(true);
    expect(await fencesIn(place, signal)).toEqual([]);
  });

  it("A failover that resumes leaves its fence again, and another one is refused", async () => {
    await leaveFence(place, fence, signal);
    await expect(leaveFence(place, fence, signal)).resolves.toBeUndefined();
    await expect(leaveFence(place, { ...fence, user: "bo@ci", failover: "r2" }, signal)).rejects.toMatchObject({
      code: "REGION_FENCED",
      message: "Region us is fenced: ana@laptop failed over without it at 2026-01-02T03:04:05.000Z, run r1.",
    });
    expect(await fencesIn(place, signal)).toMatchObject([{ failover: "r1" }]);
  });

  it("A fence whose answer was lost is left once", async () => {
    const changes = awsChanges();
    const noAnswer = new AppError("AWS_UNREACHABLE", "AWS did not answer");
    changes.strike(0, "after", noAnswer);
    await leaveFence({ ...place, s3: memoryS3(buckets, changes) }, fence, signal);
    expect(changes.count()).toBe(1);
    expect(await fencesIn(place, signal)).toMatchObject([{ failover: "r1" }]);
  });

  it("A fence that was replaced since it was found is not lifted", async () => {
    await leaveFence(place, fence, signal);
    const [found] = await fencesIn(place, signal);
    if (found === undefined) throw new Error("there is no fence");
    await liftFence(place, found, signal);
    await leaveFence(place, { ...fence, failover: "r2" }, signal);
    expect(await liftFence(place, found, signal)).toBe(false);
    expect(await fencesIn(place, signal)).toMatchObject([{ failover: "r2" }]);
  });

  it("Lifting a fence that is gone is done already", async () => {
    await leaveFence(place, fence, signal);
    const [found] = await fencesIn(place, signal);
    if (found === undefined) throw new Error("there is no fence");
    expect([await liftFence(place, found, signal), await liftFence(place, found, signal)]).toEqual([true, true]);
  });

  it("A fence whose text is damaged still fences, and can be lifted", async () => {
    objects()?.set("fences/us", { etag: "1", text: "{" });
    const [found] = await fencesIn(place, signal);
    if (found === undefined) throw new Error("there is no fence");
    expect(fenced(found)).toMatchObject({
      message: "Region us is fenced: an unknown user failed over without it.",
      next: [
        "Recover region us: compare it with what the failover changed.",
        `aws s3api delete-object --bucket ${bucket} --key fences/us  # then lift the fence`,
        "gennet explain REGION_FENCED",
      ],
    });
    expect(await liftFence(place, found, signal)).toBe(true);
  });
});
