import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { memoryHost } from "../../../test/support/host.ts";
import { type Api, ApiError } from "./api.ts";
import { followServices } from "./service-routes.ts";
import { serviceTable } from "./service-table.ts";

const web = (clusterIP: string) => ({
  type: "MODIFIED",
  object: { metadata: { name: "web", namespace: "shop", resourceVersion: "9" }, spec: { clusterIP, ports: [{ port: 80 }] } },
});
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-routes-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A region whose one Service can be changed, and what was written to its pods' networks. */
function trial() {
  const stop = new AbortController();
  let tellChange: (event: object) => void = () => undefined;
  const isChanged = new Promise<object>((resolve) => (tellChange = resolve));
  const { object } = web("172.20.0.5");
  const api: Api = {
    get: async <T>(path: string) =>
      ({ metadata: { resourceVersion: "1" }, items: path.startsWith("/api/v1/services") ? [object] : [] }) as T,
    send: async () => {
      throw new ApiError(500, "nothing is written");
    },
    stream: async function* (path) {
      const isStopped = new Promise<undefined>((resolve) => {
        stop.signal.addEventListener("abort", () => resolve(undefined));
      });
      const event = await Promise.race([isStopped, path.startsWith("/api/v1/services") ? isChanged : isStopped]);
      if (event !== undefined) yield event;
      await isStopped;
    },
    close: () => undefined,
  };
  const written: string[] = [];
  const problems: string[] = [];
  const failures: Error[] = [];
  const file = join(folder, "services.json");
  const routes = followServices({
    api,
    clock: memoryHost().clock,
    signal: stop.signal,
    file,
    table: (services, slices) => serviceTable(services, slices, () => true, []),
    async write(namespaces, text) {
      const failure = failures.pop();
      if (failure !== undefined) throw failure;
      const addresses = (JSON.parse(text) as { routes: { address: string }[] }).routes.map(({ address }) => address);
      written.push(`${namespaces.join("+")}: ${addresses.join()}`);
    },
    log: (text) => problems.push(text),
  });
  const names = async () => (JSON.parse(await readFile(file, "utf8")) as { names: object }).names;
  return { routes, written, problems, failures, names, change: (to: string) => tellChange(web(to)), stop };
}

it("A new pod's network has the routes before its containers start, and every network follows a change", async () => {
  const { routes, written, names, change, stop } = trial();
  await routes.add("one");
  expect(written).toEqual(["one: 172.20.0.5"]);
  expect(await names()).toEqual({ "web.shop.svc.cluster.local.": { addresses: ["172.20.0.5"] } });
  await routes.add("two");
  await routes.add("gone");
  routes.remove("gone");
  change("172.20.0.6");
  await expect.poll(() => written.at(-1)).toBe("one+two: 172.20.0.6");
  expect(written).toHaveLength(4);
  expect(await names()).toEqual({ "web.shop.svc.cluster.local.": { addresses: ["172.20.0.6"] } });
  stop.abort();
  await routes.done;
});

it("A network that is created again gets the routes again", async () => {
  const { routes, written, stop } = trial();
  await routes.add("one");
  await routes.add("one");
  expect(written).toEqual(["one: 172.20.0.5", "one: 172.20.0.5"]);
  stop.abort();
  await routes.done;
});

it("A pod without routes is not started, and routes that could not be written are written later", async () => {
  const { routes, written, problems, failures, change, stop } = trial();
  await routes.add("other");
  failures.push(new Error("no table"));
  await expect(routes.add("one")).rejects.toThrow("no table");
  await routes.add("one");
  failures.push(new Error("not now"));
  change("172.20.0.6");
  await expect.poll(() => written.at(-1)).toBe("other+one: 172.20.0.6");
  expect(problems).toEqual(["cannot route Services: not now"]);
  stop.abort();
  await routes.done;
});
