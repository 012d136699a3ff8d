import { describe, expect, it } from "vitest";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { allComponents } from "../components.ts";
import { sandboxFolder } from "../folders.ts";
import type { SandboxState } from "../state.ts";
import { storeAddresses } from "./addresses.ts";
import { storeParts } from "./parts.ts";
import { requireStores, storesOf } from "./store.ts";

const folder = sandboxFolder({ env: {}, home: "/home/me" }, "default");
const ports = { etcd: 1, etcdPeer: 2, apiserver: 3, controllerManager: 4, scheduler: 5, kwok: 6 };
const aws = {
  port: 7,
  authenticatorPort: 8,
  clockScale: 60,
  accountId: "1",
  accessKeyId: "A",
  secretAccessKey: "hush",
};
const state: SandboxState = {
  format: 1,
  name: "default",
  profile: "core",
  createdAt: "2026-01-01T00:00:00Z",
  regions: [
    { awsRegion: "eu-west-1", ports, stores: { neo4j: 21_003, postgres: 21_001, redis: 21_002 } },
    { awsRegion: "us-east-1", ports, stores: { redis: 21_004 } },
  ],
  aws,
  processes: {},
};
const parts = storeParts(state, folder);

describe("the data stores of a sandbox", () => {
  it("The data stores of a sandbox are components of their regions, in addition to Argo CD's Redis", () => {
    expect(parts.map(({ component }) => component.id)).toEqual([
      "eu-west-1/store-postgres",
      "eu-west-1/store-redis",
      "eu-west-1/store-neo4j",
      "us-east-1/store-redis",
    ]);
    expect(allComponents(state, folder).map(({ id }) => id)).toEqual(
      expect.arrayContaining(parts.map(({ component }) => component.id)),
    );
    expect(storesOf(state)).toEqual(["postgres", "redis", "neo4j"]);
    expect(storesOf({ regions: [{}] })).toEqual([]);
  });

  it("The data stores of a sandbox listen on their own ports of 127.0.0.1, and keep everything below their own folder", () => {
    for (const { args, component, folder: own } of nonEmpty(parts)) {
      expect(args).toContain(String(component.port));
      expect(component.probe.url).toBe(`tcp://127.0.0.1:${component.port}`);
      const outside = args.filter((arg) => arg.startsWith("/") && arg !== own && !arg.startsWith(`${own}/`));
      expect(outside).toEqual([]);
    }
    expect(new Set(parts.map(({ folder: own }) => own)).size).toBe(parts.length);
  });

  it("The addresses of data stores include the administrator's name, and not the password", () => {
    expect(storeAddresses(state, folder)[0]).toEqual({
      awsRegion: "eu-west-1",
      store: "postgres",
      address: "127.0.0.1:21001",
      administrator: "postgres",
      passwordFile: `${folder.region("eu-west-1")}/store-postgres/password`,
    });
  });
});

describe("a store's greeting", () => {
  const expects = (store: string): RegExp =>
    parts.find((part) => part.store === store)?.component.probe.expects as RegExp;

  it.each([
    ["postgres", "R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0", true],
    ["postgres", "E\0\0\0\x5dSFATAL\0C57P03\0Mthe database system is starting up\0\0", false],
    ["redis", "-NOAUTH Authentication required.\r\n", true],
    ["redis", "-LOADING\r\n", false],
    ["neo4j", "\0\0\x04\x05", true],
    ["neo4j", "\0\0\0\0", false],
  ])("A store is judged ready by its greeting: %s, %j", (store, answer, ready) => {
    expect(expects(store).test(answer)).toBe(ready);
  });

  it("The greeting to PostgreSQL begins with its own length", () => {
    const says = Buffer.from(parts[0]?.component.probe.says ?? "", "latin1");
    expect(says.readUInt32BE(0)).toBe(says.length);
  });
});

it("--with accepts the existing stores, in any order", () => {
  expect(requireStores(["neo4j", "postgres"])).toEqual(["postgres", "neo4j"]);
  expect(() => requireStores(["mysql"])).toThrow(expect.objectContaining({ code: "USAGE_INVALID" }));
});
