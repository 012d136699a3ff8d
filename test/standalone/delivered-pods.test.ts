import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { containersIn } from "../support/built-delivery.ts";
import type { Ended } from "../support/cli.ts";
import { scaffolded } from "../support/scaffolded-service.ts";

describe("a service with every store", () => {
  const service = scaffolded(
    "orders",
    "--features",
    "postgres,redis,neo4j",
    "--depends-on",
    `n,${"z".repeat(63)}`,
    "--called-by",
    "y,web",
  );

  it("A service with every store supports every variable that its pods get, and needs no other", async () => {
    const keys: Record<string, string> = {
      port: "5432",
      read_only: "true",
      uri: "neo4j+s://graph.example:7687",
    };
    const given = (await containersIn(service.path("deploy/base"))).map(({ env }) =>
      Object.fromEntries(
        env.map(({ name, value, valueFrom }) => [name, value ?? keys[valueFrom?.secretKeyRef.key ?? ""] ?? "x"]),
      ),
    );
    expect(given).toHaveLength(2);
    const script = `
import json, os, sys
from gennet_service_kit.settings import load_settings
from orders.settings import Settings
for env in json.loads(sys.argv[1]):
    os.environ.update(env)
    load_settings(Settings)
    names = [name.removeprefix("APP_").lower().split("__")[0] for name in env if name.startswith("APP_")]
    print(json.dumps([name for name in names if name not in Settings.model_fields]))
    for name in env:
        del os.environ[name]`;
    const { exit, stdout, stderr } = await service.run("python", "-c", script, JSON.stringify(given));
    expect({ exit, stdout, stderr }).toEqual({ exit: 0, stdout: "[]\n[]\n", stderr: "" });
  });

  it("A service with every store has an image that is healthy as long as it is live", async () => {
    const dockerfile = (await readFile(service.path("Dockerfile"), "utf8")).replaceAll("\\\n", "");
    const [, command = "[]"] = /^HEALTHCHECK .* CMD (.*)$/m.exec(dockerfile) ?? [];
    const [program = "", ...words] = JSON.parse(command) as string[];
    let live = 200;
    const server = createServer((request, response) => {
      response.writeHead(request.url === "/health/live" ? live : 404).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const check = (): Promise<Ended> => service.run("env", `APP_PORT=${port}`, program, ...words);
    expect(await check()).toMatchObject({ exit: 0 });
    live = 503;
    expect(await check()).toMatchObject({ exit: 1 });
    server.close();
    await once(server, "close");
    expect(await check()).toMatchObject({ exit: 1 });
  });
});
