import { describe, expect, it } from "vitest";
import { trialPod } from "../../../test/support/trial-pod.ts";
import { etcFiles, hostnameOf } from "./pod-folder.ts";

describe("etcFiles", () => {
  it("The files of /etc are those of a kubelet for ClusterFirst", () => {
    const pod = trialPod({ subdomain: "web", hostAliases: [{ ip: "10.0.0.9", hostnames: ["a", "b"] }] });
    expect(etcFiles(pod, "100.64.0.2", "100.64.0.1", ["pg.data.svc.cluster.local"])).toEqual({
      hostname: "web-1\n",
      hosts:
        "127.0.0.1\tlocalhost\n100.64.0.2\tweb-1.web.shop.svc.cluster.local\tweb-1\n10.0.0.9\ta\tb\n100.64.0.1\tpg.data.svc.cluster.local\n",
      "resolv.conf":
        "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 100.64.0.1\noptions ndots:5\n",
    });
  });

  it("resolv.conf only contains dnsConfig if dnsPolicy is None", () => {
    const dnsConfig = { nameservers: ["1.2.3.4"], searches: ["example.org"], options: [{ name: "ndots", value: "2" }] };
    const { "resolv.conf": text } = etcFiles(
      trialPod({ dnsPolicy: "None", dnsConfig }),
      "100.64.0.2",
      "100.64.0.1",
      [],
    );
    expect(text).toBe("search example.org\nnameserver 1.2.3.4\noptions ndots:2\n");
  });
});

it("The host name is the pod's name, truncated if it is too long", () => {
  const { metadata, spec } = trialPod();
  expect(hostnameOf({ metadata: { ...metadata, name: `${"a".repeat(62)}-b` }, spec })).toBe("a".repeat(62));
});
