import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { trialPod } from "../../../test/support/trial-pod.ts";
import { podFolder, type PodRecord } from "./pod-folder.ts";
import { withLabels } from "./pod-sandbox.ts";

const { metadata } = trialPod();
/** The record of a runtime that wrote no labels. */
const earlier: PodRecord = { namespace: "shop", name: "web-1", uid: "u1", address: "", netns: "", startTime: 1 };
let pods: string;

beforeEach(async () => {
  pods = await mkdtemp(join(tmpdir(), "gennet-pod-sandbox-"));
});
afterEach(async () => {
  await rm(pods, { recursive: true, force: true });
});

it("A pod's labels are recorded, and again when they change", async () => {
  const folder = podFolder(pods, "u1");
  const labelled = await withLabels(earlier, trialPod(), folder);
  expect(await folder.read()).toEqual({ ...earlier, labels: { app: "web" } });
  await withLabels(labelled, trialPod({}, { metadata: { ...metadata, labels: { app: "other" } } }), folder);
  expect(await folder.read()).toEqual({ ...earlier, labels: { app: "other" } });
});

it("A pod with unchanged labels is not written again", async () => {
  const folder = podFolder(pods, "u1");
  const same = { ...earlier, labels: { app: "web" } };
  expect(await withLabels(same, trialPod(), folder)).toBe(same);
  expect(await folder.read()).toBeUndefined();
});
