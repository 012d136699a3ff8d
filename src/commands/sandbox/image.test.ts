import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { callGennet } from "../../../test/support/cli.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "gennet-home-"));
});
afterEach(async () => rm(home, { recursive: true }));

const call = (...argv: string[]) => callGennet(["sandbox", "image", ...argv], { home, cwd: home });

async function keep(state: object): Promise<void> {
  const folder = join(home, ".local/state/gennet/sandbox/default");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "state.json"), JSON.stringify({ format: 1, name: "default", regions: [], ...state }));
}

it("gennet sandbox image lists the registered images with their commands", async () => {
  await keep({
    images: [{ name: "orders", folder: "/src/orders", entrypoint: ["python", "-m"], cmd: ["orders"], env: {} }],
  });
  const { exit, stdout } = await call();
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: "orders  /src/orders  python -m orders\n" });
});

it("gennet sandbox image names the chart mirror if upstream's images are registered", async () => {
  const name = "quay.io/argoproj/argocd:v3.5.7";
  await keep({ images: [{ name, folder: "/upstream", entrypoint: [], cmd: [], env: {}, soleTag: true }] });
  const mirror = join(home, ".local/state/gennet/sandbox/default/git/mirror.git");
  expect((await call()).stdout).toBe(`${name}  /upstream\n\nCharts and manifests: file://${mirror}\n`);
});

it("gennet sandbox image says that every pod is simulated if no image is registered", async () => {
  await keep({});
  expect((await call()).stdout).toBe("No images registered: all pods of sandbox default are simulated.\n");
});

it.each([
  ["SANDBOX_NOT_FOUND", []],
  ["USAGE_INVALID", ["orders"]],
  ["USAGE_INVALID", ["Orders!", "."]],
  ["USAGE_INVALID", ["orders", "--upstream"]],
  ["SANDBOX_IMAGE_INVALID", ["orders", "none"]],
  ["SANDBOX_IMAGE_INVALID", ["orders", "."]],
])("gennet sandbox image prints %s for %j", async (code, argv) => {
  if (argv.length > 0) await keep({});
  const { exit, stderr } = await call(...argv);
  expect(exit).toBe(2);
  expect(stderr).toContain(code);
});
