import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readImage } from "./read-image.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-image-"));
});
afterEach(async () => rm(folder, { recursive: true }));

const dockerfile = [
  "FROM python",
  "ENV PATH=/app/.venv/bin:$PATH MODE=fast SETTINGS=/app/settings.toml",
  "WORKDIR /app",
  "USER 10001:10001",
  'ENTRYPOINT ["/app/start", "-m", "orders"]',
].join("\n");

it("An image runs the given command, with the folder's environment first on the PATH", async () => {
  await mkdir(join(folder, ".venv", "bin"), { recursive: true });
  expect(await readImage("echo", folder, ["python3", "a.py"], "/usr/bin")).toEqual({
    name: "echo",
    folder,
    entrypoint: ["python3", "a.py"],
    cmd: [],
    env: { PATH: `${folder}/.venv/bin:/usr/bin` },
  });
});

it("An image runs the Dockerfile's command in the folder, instead of in its WORKDIR", async () => {
  await mkdir(join(folder, ".venv", "bin"), { recursive: true });
  await writeFile(join(folder, "pyproject.toml"), "");
  await writeFile(join(folder, "Dockerfile"), dockerfile);
  expect(await readImage("orders", folder, [], "/usr/bin")).toEqual({
    name: "orders",
    folder,
    entrypoint: [`${folder}/start`, "-m", "orders"],
    cmd: [],
    env: { PATH: `${folder}/.venv/bin:/usr/bin`, MODE: "fast", SETTINGS: `${folder}/settings.toml` },
    user: { uid: 10001, gid: 10001 },
  });
});

it("A missing folder, Dockerfile, command or environment of an image is reported", async () => {
  const read = () => readImage("orders", folder, [], undefined);
  await expect(readImage("orders", join(folder, "none"), [], undefined)).rejects.toThrow("is not a folder");
  await expect(read()).rejects.toMatchObject({
    code: "SANDBOX_IMAGE_INVALID",
    message: expect.stringContaining("no Dockerfile"),
  });
  await writeFile(join(folder, "Dockerfile"), "FROM scratch\n");
  await expect(read()).rejects.toThrow("neither ENTRYPOINT nor CMD");
  await writeFile(join(folder, "Dockerfile"), dockerfile);
  await writeFile(join(folder, "pyproject.toml"), "");
  await expect(read()).rejects.toMatchObject({ next: [expect.stringContaining("uv sync")] });
});
