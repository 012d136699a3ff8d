import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { folderAt } from "../folders.ts";
import { podAuthorities } from "./authorities.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "authorities-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

it("Pods trust the databases behind the AWS endpoint in addition to public authorities and the region's data stores", async () => {
  const folder = folderAt(root);
  expect(await podAuthorities(folder, "eu-west-1")).toBeUndefined();
  await write(folder.aws("stores", "ca.crt"), "DATABASES\n");
  expect(await podAuthorities(folder, "eu-west-1")).toMatch(/^[^]*-----END CERTIFICATE-----\nDATABASES\n$/);
  await write(folder.region("eu-west-1", "pki", "authorities.pem"), "PUBLIC\nSTORES\n");
  expect(await podAuthorities(folder, "eu-west-1")).toBe("PUBLIC\nSTORES\nDATABASES\n");
  await rm(folder.aws("stores", "ca.crt"));
  expect(await podAuthorities(folder, "eu-west-1")).toBe("PUBLIC\nSTORES\n");
});
