import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { memoryHost } from "../../../test/support/host.ts";
import { gennetImage } from "./gennet-image.ts";

it("The image of gennet runs the launcher of this package with this Node.js, and not as root", async () => {
  const host = memoryHost({ env: { PATH: "/bin" } });
  const { entrypoint, env, user, soleTag } = await gennetImage({ host, emit: () => {}, signal: new AbortController().signal });
  const [program, launcher = ""] = entrypoint;
  expect(program).toBe("node");
  expect((await stat(launcher)).isFile()).toBe(true);
  expect(env["PATH"]).toBe(`${dirname(process.execPath)}:/bin`);
  expect({ user, soleTag }).toEqual({ user: { uid: 10_001, gid: 10_001 }, soleTag: true });
});
