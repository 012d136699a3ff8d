import { expect, it } from "vitest";
import type { Image } from "../pods/image.ts";
import type { SandboxState } from "../state.ts";
import { partsInPods } from "./pods-of-part.ts";

const image = (name: string, part?: string): Image => ({
  ...{ name, folder: "/", entrypoint: [], cmd: [], env: {} },
  ...(part === undefined ? {} : { part }),
});

it("The parts of a platform are those of the registered images, once in each region", () => {
  const images = [image("istio/pilot:1", "istiod"), image("docker.io/istio/pilot:1", "istiod"), image("echo:1")];
  const regions = ["eu-west-1", "us-east-1"].map((awsRegion) => ({ awsRegion }));
  const state = { images, regions } as unknown as SandboxState;
  expect(partsInPods(state)).toEqual([
    { id: "eu-west-1/istiod", name: "istiod", awsRegion: "eu-west-1" },
    { id: "us-east-1/istiod", name: "istiod", awsRegion: "us-east-1" },
  ]);
  expect(partsInPods({ regions } as unknown as SandboxState)).toEqual([]);
});
