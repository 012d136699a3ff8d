import { afterAll, beforeAll, describe } from "vitest";
import { travelTheRoad } from "../acceptance/road.ts";
import { type Road, roadOf } from "../support/road.ts";

let road: Road;

beforeAll(async () => {
  const platform = process.env["GENNET_ACCEPTANCE_PLATFORM"];
  if (platform === undefined) throw new Error("Run it by `npm run acceptance:aws`, which asks for the account first.");
  road = await roadOf(platform, {});
});
afterAll(() => road.leave());

describe("the road, on AWS", () => travelTheRoad(() => road));
