import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { versions } from "../../../src/region/components/versions.ts";
import { findImage } from "../pods/image.ts";
import { imagesOf, neo4jFiles, neo4jVersion } from "./neo4j-image.ts";

describe("Neo4j's image", () => {
  it("The sandbox has the release that gennet brings, with the user and the folders of Neo4j's image", async () => {
    const program = { java: "/opt/java/bin/java", libraries: "/cache/libraries" };
    const images = imagesOf("/sandbox/images", program, await neo4jVersion());
    expect(findImage(images, `docker.io/library/neo4j:${versions.neo4j}-community`)).toMatchObject({
      entrypoint: ["/startup/neo4j-entrypoint.sh"],
      files: { "/var/lib/neo4j/lib": "/cache/libraries" },
      user: { uid: 7474, gid: 7474 },
      env: { PATH: expect.stringMatching(/^\/opt\/java\/bin:/) },
    });
  });
});

describe("the entry point of Neo4j's image", () => {
  let home: string;
  let ended: { readonly stdout: string };
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "gennet-neo4j-image-"));
    const bin = join(home, "bin");
    await mkdir(bin);
    const [script = ""] = Object.values(neo4jFiles).map(({ text }) => text);
    await writeFile(join(home, "entrypoint.sh"), script, { mode: 0o755 });
    // Reports what it is asked for, and the file that an argument names.
    const java = `#!/bin/sh
case "$*" in
*--dry-run) echo "echo server of" ;;
*set-initial-password*) echo "password $3 $4 $5 $(cat "\${6#@}")" ;;
esac
`;
    await writeFile(join(bin, "java"), java, { mode: 0o755 });
    const settings = { NEO4J_server_bolt_listen__address: ":7687", NEO4J_server_jvm_additional: "-Da=b=c" };
    ended = await promisify(execFile)(join(home, "entrypoint.sh"), ["neo4j"], {
      env: { PATH: `${bin}:/usr/bin:/bin`, NEO4J_HOME: home, NEO4J_AUTH: "neo4j/fits", ...settings },
    });
  });
  afterAll(async () => rm(home, { recursive: true }));

  it("Variables are settings, except the login", async () => {
    const lines = (await readFile(join(home, "conf", "neo4j.conf"), "utf8")).trim().split("\n");
    expect(lines.slice(0, 2)).toEqual(["server.directories.data=/data", "server.default_listen_address=0.0.0.0"]);
    expect(lines.slice(2).sort()).toEqual(["server.bolt.listen_address=:7687", "server.jvm.additional=-Da=b=c"]);
  });

  it("An empty volume gets the password through a file that does not stay, and the server is started", async () => {
    expect(ended.stdout).toBe("password org.neo4j.cli.AdminTool dbms set-initial-password fits\nserver of\n");
    expect(await readdir(home)).not.toContain("password");
  });
});
