import { expect, it } from "vitest";
import { type ServiceView, serviceTable, type SliceView } from "./service-table.ts";

const isReachable = (address: string): boolean => address.startsWith("100.");

function service(spec: ServiceView["spec"], name = "web"): ServiceView {
  return { metadata: { name, namespace: "shop" }, spec };
}

function slice(endpoints: SliceView["endpoints"], more: Partial<SliceView> = {}): SliceView {
  const labels = { "kubernetes.io/service-name": "web" };
  const ports = [{ name: "http", port: 8000 }];
  return { metadata: { name: "web-1", namespace: "shop", labels }, endpoints: endpoints ?? null, ports, ...more };
}

const at = (address: string, ready?: boolean) => ({
  addresses: [address],
  ...(ready === undefined ? {} : { conditions: { ready } }),
});
const ports = [{ name: "http", port: 80 }];

it("A cluster IP leads to the ready endpoints of all slices, on the ports of the same name", () => {
  const slices = [
    slice([at("100.64.0.3"), at("100.64.0.4", false)]),
    slice([at("100.64.0.2", true)], { ports: [{ name: "http", port: 9000 }] }),
    slice([at("fd00::1")], { addressType: "IPv6" }),
    slice([at("100.64.0.9")], { ports: [{ name: "other", port: 1 }] }),
    slice([at("100.64.0.8")], { metadata: { name: "x", namespace: "elsewhere", labels: {} } }),
  ];
  const { routes, names } = serviceTable([service({ clusterIP: "172.20.0.9", ports })], slices, isReachable, []);
  expect(routes).toEqual([
    { address: "172.20.0.9", port: 80, protocol: "TCP", endpoints: ["100.64.0.2:9000", "100.64.0.3:8000"] },
  ]);
  expect(names).toEqual({ "web.shop.svc.cluster.local.": { addresses: ["172.20.0.9"] } });
});

it("A Service with simulated pods only has a route without endpoints, so that connections are refused", () => {
  const slices = [slice([at("10.128.0.7")])];
  const { routes } = serviceTable([service({ clusterIP: "172.20.0.9", ports })], slices, isReachable, []);
  expect(routes).toMatchObject([{ endpoints: [] }]);
});

it("A headless Service has no route, and names for itself and for the hostnames of its endpoints", () => {
  const slices = [slice([{ ...at("100.64.0.3"), hostname: "web-0" }, at("10.128.0.7"), at("100.64.0.4", false)])];
  expect(serviceTable([service({ clusterIP: "None", ports })], slices, isReachable, [])).toMatchObject({
    routes: [],
    names: {
      "web.shop.svc.cluster.local.": { addresses: ["10.128.0.7", "100.64.0.3"] },
      "web-0.web.shop.svc.cluster.local.": { addresses: ["100.64.0.3"] },
    },
  });
});

it("A headless Service without ready endpoints has no name, and an ExternalName stands for another name", () => {
  const services = [
    service({ clusterIP: "None" }),
    service({ type: "ExternalName", externalName: "db.example.com" }, "db"),
  ];
  expect(serviceTable(services, [slice(null)], isReachable, [])).toMatchObject({
    routes: [],
    names: { "db.shop.svc.cluster.local.": { addresses: [], target: "db.example.com." } },
  });
});

it("Routes are in a fixed order, those that are no Service's among them", () => {
  const fixed = { address: "169.254.170.23", port: 80, protocol: "TCP", endpoints: ["100.64.0.1:4566"] };
  const dns = [
    { port: 53, protocol: "UDP" },
    { port: 53, protocol: "TCP" },
  ];
  const services = [service({ clusterIP: "172.20.0.9", ports }), service({ clusterIP: "172.20.0.10", ports: dns }, "dns")];
  const { routes } = serviceTable(services, [], isReachable, [fixed]);
  const order = ["169.254.170.23:80/TCP", "172.20.0.10:53/TCP", "172.20.0.10:53/UDP", "172.20.0.9:80/TCP"];
  expect(routes.map(({ address, port, protocol }) => `${address}:${port}/${protocol}`)).toEqual(order);
  expect(serviceTable(services.toReversed(), [], isReachable, [fixed]).routes).toEqual(routes);
});
