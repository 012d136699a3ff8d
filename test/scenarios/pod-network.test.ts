import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority } from "../../sandbox/src/region/certificates.ts";
import { repository } from "../support/cli.ts";
import { type OwnSandbox, startOwnSandbox, stdoutOf as ok } from "../support/own-sandbox.ts";
import { accountOf, createIdentity } from "../support/pod-identity-region.ts";
import { referees } from "../support/referees.ts";

/** What pods without a sidecar reach: Services, the API server (and it them), and AWS with their own credentials. */
const region = "eu-central-1";
const folder = join(repository, "test", "support", "real-pod");
let own: OwnSandbox;
let aws: string;

const kubectl: OwnSandbox["kubectl"] = (...argv) => own.kubectl(...argv);
const apply: OwnSandbox["apply"] = (...objects) => own.apply(...objects);

function pod(app: string, port: number, fields: object = {}, more: object = {}, image = "echo:1"): object {
  const readinessProbe = { tcpSocket: { port }, periodSeconds: 1 };
  const containers = [{ name: "app", image, ports: [{ name: "own", containerPort: port }], readinessProbe, ...more }];
  const spec = { terminationGracePeriodSeconds: 1, containers, ...fields };
  return { apiVersion: "v1", kind: "Pod", metadata: { name: app, labels: { app } }, spec };
}

function service(of: string, spec: object): object {
  return { apiVersion: "v1", kind: "Service", metadata: { name: of }, spec };
}

/** Runs a Python program in the pod `caller`. */
async function inside(...program: readonly string[]): Promise<string> {
  return (await ok(kubectl("exec", "caller", "--", "python3", "-c", program.join("\n")))).trim();
}

const webs = ["web-1", "web-2"];

// Programs that are not cached are compiled first.
beforeAll(async () => {
  own = await startOwnSandbox("network", region);
  ({ aws } = await referees());
  await own.sandbox("image", "echo:1", folder, "--", "python3", "server.py");
  await own.sandbox("image", "extension:1", folder, "--", "python3", "extension.py");
  await createIdentity("caller", accountOf(region, own.variables));
  const authority = await createAuthority("extension", Date.now());
  const pair = await authority.issue({ commonName: "extension", hosts: ["extension.default.svc"] });
  const ca = Buffer.from(authority.certificate).toString("base64");
  const endpoint = { service: { namespace: "default", name: "extension", port: 443 } };
  await apply(
    { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "caller" } },
    { apiVersion: "v1", kind: "Secret", metadata: { name: "tls" }, stringData: pem(pair) },
    service("web", { selector: { group: "web" }, ports: [{ port: 80, targetPort: "own" }] }),
    service("each", { selector: { group: "web" }, clusterIP: "None", ports: [{ port: 8000 }] }),
    service("nothing", { selector: { group: "none" }, ports: [{ port: 80 }] }),
    service("alias", { type: "ExternalName", externalName: "web.default.svc.cluster.local" }),
    service("extension", { selector: { app: "extension" }, ports: [{ port: 443, targetPort: 8443 }] }),
    pod("caller", 8000, { serviceAccountName: "caller" }, { env: [endpointVariable] }),
    pod(
      "extension",
      8443,
      { volumes: [{ name: "tls", secret: { secretName: "tls" } }] },
      { volumeMounts: [{ name: "tls", mountPath: "/tls" }] },
      "extension:1",
    ),
    ...webs.map((app) => inGroup(pod(app, 8000), "web")),
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1.extension.test" },
      spec: {
        group: "extension.test",
        version: "v1",
        caBundle: ca,
        groupPriorityMinimum: 100,
        versionPriority: 100,
        ...endpoint,
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "extension" },
      webhooks: [
        {
          name: "names.extension.test",
          clientConfig: { ...endpoint, caBundle: ca },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
          objectSelector: { matchLabels: { reviewed: "true" } },
          failurePolicy: "Fail",
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
        },
      ],
    },
  );
  await ok(kubectl("wait", "--for=condition=Ready", "pod", "--all", "--timeout=120s"));
}, 3_600_000);
afterAll(() => own.end());

const endpointVariable = { name: "AWS_ENDPOINT_URL", value: "http://aws.sandbox.svc.cluster.local:4566" };

function pem({ certificate, key }: { readonly certificate: string; readonly key: string }): object {
  return { "tls.crt": certificate, "tls.key": key };
}

function inGroup(object: object, group: string): object {
  const { metadata, ...rest } = object as { metadata: { labels: object } };
  return { ...rest, metadata: { ...metadata, labels: { ...metadata.labels, group } } };
}

const get = "import json, urllib.request, urllib.error, socket";
const hostOf = (url: string): string => `json.load(urllib.request.urlopen("${url}", timeout=5))["host"]`;

describe("a pod without a sidecar", () => {
  it("A pod reaches each pod of a Service by the Service's name, whole or short, and by its cluster IP", async () => {
    const address = await ok(kubectl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}"));
    for (const host of ["web", "web.default.svc.cluster.local", "alias", address]) {
      const seen = `print(*sorted({${hostOf(`http://${host}/`)} for _ in range(40)}))`;
      expect(await inside(get, seen), host).toBe(webs.join(" "));
    }
  });

  it("A headless Service's name stands for the addresses of its ready pods", async () => {
    const addresses = 'print(*sorted({each[4][0] for each in socket.getaddrinfo("each", 8000, socket.AF_INET)}))';
    const ips = await ok(kubectl("get", "pods", "-l", "group=web", "-o", "jsonpath={.items[*].status.podIP}"));
    expect(await inside(get, addresses)).toBe(ips.split(" ").toSorted().join(" "));
  });

  it("A Service without a ready pod refuses connections, and follows its pods", async () => {
    const attempt = [
      "try: print(urllib.request.urlopen('http://nothing:80/', timeout=5).status)",
      "except urllib.error.URLError as error: print(type(error.reason).__name__)",
    ];
    expect(await inside(get, ...attempt)).toBe("ConnectionRefusedError");
    await ok(kubectl("patch", "service", "nothing", "-p", JSON.stringify(toWeb)));
    await expect.poll(() => inside(get, ...attempt), { timeout: 20_000 }).toBe("200");
  });

  it("A name that no Service has does not exist", async () => {
    const attempt = "try: socket.getaddrinfo('missing', 80)\nexcept socket.gaierror as error: print(error.errno)";
    expect(await inside(get, attempt)).toBe("-2");
  });
});

const toWeb = { spec: { selector: { group: "web" }, ports: [{ port: 80, targetPort: 8000 }] } };

describe("pods and the API server", () => {
  it("A pod calls the API server as its service account, by the variables and files of a pod", async () => {
    const files = "/var/run/secrets/kubernetes.io/serviceaccount";
    const program = [
      "import json, os, ssl, urllib.request",
      `trusted = ssl.create_default_context(cafile="${files}/ca.crt")`,
      'url = "https://%(KUBERNETES_SERVICE_HOST)s:%(KUBERNETES_SERVICE_PORT)s" % os.environ',
      "review = {'apiVersion': 'authentication.k8s.io/v1', 'kind': 'SelfSubjectReview'}",
      `headers = {"authorization": "Bearer " + open("${files}/token").read(), "content-type": "application/json"}`,
      "request = urllib.request.Request(url + '/apis/authentication.k8s.io/v1/selfsubjectreviews',",
      "    json.dumps(review).encode(), headers)",
      "answer = json.load(urllib.request.urlopen(request, context=trusted, timeout=10))",
      "print(answer['status']['userInfo']['username'])",
    ];
    expect(await inside(...program)).toBe("system:serviceaccount:default:caller");
  });

  it("The API server asks an admission webhook behind a Service of pods", async () => {
    const map = (of: string) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: of, labels: { reviewed: "true" } },
    });
    await apply(map("allowed"));
    await expect(apply(map("forbidden"))).rejects.toThrow("no object may have this name");
  });

  it("The API server passes an aggregated API on to pods behind a Service, and metrics.k8s.io is available", async () => {
    const available = ["wait", "--for=condition=Available", "apiservice", "--timeout=60s"];
    await ok(kubectl(...available, "v1.extension.test", "v1beta1.metrics.k8s.io"));
    expect(await ok(kubectl("get", "--raw", "/apis/extension.test/v1/things"))).toContain("ThingList");
  });
});

describe("EKS Pod Identity", () => {
  it("A pod of an associated service account has its role's credentials, without any setting of its own", async () => {
    const identity = JSON.parse(await ok(kubectl("exec", "caller", "--", aws, "sts", "get-caller-identity")));
    expect(identity).toMatchObject({ Arn: expect.stringMatching(/:assumed-role\/caller\/eks-trial-caller-/) });
    const buckets = await ok(kubectl("exec", "caller", "--", aws, "s3api", "list-buckets"));
    expect(JSON.parse(buckets)).toMatchObject({ Buckets: [] });
  });

  it("A pod of any other service account is given no credentials", async () => {
    const asked = await kubectl(
      "exec",
      "web-1",
      "--",
      "env",
      "AWS_REGION=eu-central-1",
      aws,
      "sts",
      "get-caller-identity",
    );
    expect(asked).toMatchObject({ exit: expect.any(Number) });
    expect(asked.stderr).toContain("Unable to locate credentials");
  });

  it("A token for another audience, or of another service account, is worth nothing", async () => {
    const attempt = (token: string): readonly string[] => [
      get,
      `request = urllib.request.Request("http://169.254.170.23/v1/credentials", headers={"authorization": ${token}})`,
      "try: print(urllib.request.urlopen(request, timeout=10).status)",
      "except urllib.error.HTTPError as error: print(error.code, error.read().decode().split(')')[0])",
    ];
    const own = 'open("/var/run/secrets/kubernetes.io/serviceaccount/token").read()';
    expect(await inside(...attempt(own))).toBe("400 (InvalidTokenException");
    const [audience, other] = ["--audience=pods.eks.amazonaws.com", "default"];
    const foreign = (await ok(kubectl("create", "token", other, audience))).trim();
    expect(await inside(...attempt(`"${foreign}"`))).toBe("404 (ResourceNotFoundException");
    const forged = (await ok(kubectl("create", "token", "caller", audience))).trim().replace(/\.[^.]+$/, ".AAAA");
    expect(await inside(...attempt(`"${forged}"`))).toBe("400 (InvalidTokenException");
    const granted = (await ok(kubectl("create", "token", "caller", audience))).trim();
    expect(await inside(...attempt(`"${granted}"`))).toBe("200");
  });
});
