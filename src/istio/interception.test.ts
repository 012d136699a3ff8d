import { describe, expect, it } from "vitest";
import { bypassOf, interceptionOf, type ProxiedPod } from "./interception.ts";
import { proxyConfigOf } from "./proxy-config.ts";

const traffic = "traffic.sidecar.istio.io";
const mode = "sidecar.istio.io/interceptionMode";

const bypass = (annotations: Record<string, string>, containers: ProxiedPod["containers"] = [], meshMode?: string) =>
  bypassOf(interceptionOf({ annotations, containers, proxyConfig: proxyConfigOf(annotations) }), meshMode);

/** As in Istio's injection template. */
const init = (mode: string, included: string, excluded: string, name = "istio-init") => ({
  name,
  args: [
    "istio-iptables",
    "-p",
    "15001",
    "-u",
    "1337",
    "-m",
    mode,
    "-i",
    "*",
    "-x",
    "",
    "-b",
    included,
    "-d",
    excluded,
  ],
});
const proxy = (mode: string) => ({ name: "istio-proxy", env: [{ name: "ISTIO_META_INTERCEPTION_MODE", value: mode }] });

describe("connections that bypass a pod's proxy", () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ["none by default", {}, undefined],
    ["none if all ports are included", { [`${traffic}/includeInboundPorts`]: "*" }, undefined],
    ["not the proxy's own ports", { [`${traffic}/excludeInboundPorts`]: "15020, 15021,15090" }, undefined],
    [
      "not its own status port",
      { [`${traffic}/excludeInboundPorts`]: "15999", "status.sidecar.istio.io/port": "15999" },
      undefined,
    ],
    ["excluded ports", { [`${traffic}/excludeInboundPorts`]: "9000,15020,9001" }, "ports 9000, 9001"],
    ["all but included ports", { [`${traffic}/includeInboundPorts`]: "8000" }, "all ports except 8000"],
    ["all if none is included", { [`${traffic}/includeInboundPorts`]: "" }, "all ports"],
    ["all with interceptionMode NONE", { [mode]: "NONE" }, "all ports"],
    ["all with NONE in the proxy's configuration", { "proxy.istio.io/config": "interceptionMode: NONE" }, "all ports"],
    ["none with TPROXY", { [mode]: "TPROXY" }, undefined],
    ["none with a proxy configuration that is not YAML", { "proxy.istio.io/config": "{" }, undefined],
    [
      "none if the annotation overrides the proxy's configuration",
      { [mode]: "REDIRECT", "proxy.istio.io/config": "interceptionMode: NONE" },
      undefined,
    ],
  ])("Connections bypass a pod's proxy: %s", (_title, annotations, expected) => {
    expect(bypass(annotations)?.ports).toBe(expected);
  });

  it("All connections bypass a pod's proxy if the mesh's default is NONE, unless the pod sets its own", () => {
    expect(bypass({}, [], "NONE")).toEqual({
      ports: "all ports",
      by: "meshConfig.defaultConfig.interceptionMode: NONE",
    });
    expect(bypass({ [mode]: "REDIRECT" }, [], "NONE")).toBeUndefined();
    expect(bypass({}, [proxy("REDIRECT")], "NONE")).toBeUndefined();
  });

  it("The connections that bypass a pod's proxy follow its actual settings, whatever its annotations say now", () => {
    expect(bypass({ [mode]: "NONE" }, [init("REDIRECT", "*", "15090,15021,15020")])).toBeUndefined();
    expect(bypass({}, [proxy("NONE")])).toMatchObject({ ports: "all ports" });
    expect(bypass({ [mode]: "NONE" }, [proxy("NONE")])?.by).toBe(`its annotation ${mode}: NONE`);
  });

  it.each(["istio-init", "istio-validation"])(
    "Connections bypass a pod's proxy because of the mesh, as %s shows",
    (name) => {
      expect(bypass({}, [init("REDIRECT", "*", "15090,15021,15020,9100", name)])).toEqual({
        ports: "port 9100",
        by: "global.proxy.excludeInboundPorts in Istio's installation",
        excluded: ["9100"],
      });
      expect(bypass({}, [init("REDIRECT", "", "15090,15021", name)])?.ports).toBe("all ports");
    },
  );
});
