import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const ids = (files: Record<string, string>): string[] => told(lintFiles(files));
const template = "unknown manifest/readable: a template, which is not YAML until it is rendered";
const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData: { key: hunter2 }\n";

describe("what is read", () => {
  it("Every document, and every item of a list, is read", () => {
    const items = `apiVersion: v1\nkind: List\nitems:\n  - ${secret.trim().replaceAll("\n", "\n    ")}\n`;
    expect(ids({ "a.yaml": `${secret}---\n${items}` })).toEqual([
      "a.yaml:4 fail secret/manifest: has a value for key",
      "a.yaml:12 fail secret/manifest: has a value for key",
    ]);
  });

  it("YAML that is not a Kubernetes object is not read, however similar it looks", () => {
    expect(
      ids({
        "ci.yml": "on: push\njobs: { a: { steps: [] } }\n",
        "mkdocs.yml": "a: !!python/name:b.c\n",
        "values.yaml": "a: [\n",
      }),
    ).toEqual([". unknown manifest/present: contains no readable Kubernetes object"]);
  });

  it("An invalid manifest fails", () => {
    expect(ids({ "a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: [\n" })[0]).toContain(
      "fail manifest/readable: invalid YAML",
    );
  });

  it.each([
    ["a directive", "apiVersion: v1\n{{- if .Values.a }}\nkind: Secret\n{{- end }}\n"],
    ["a value that is YAML by accident", "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n"],
    ["Jinja", "{% raw %}\napiVersion: v1\nkind: Secret\n{% endraw %}\n"],
  ])("A template is unknown, never clean: %s", (_, content) => {
    const told = ids({ "a.yaml": content });
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(template);
  });

  it("A chart's templates count as templates, even if they are valid YAML", () => {
    const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: "{{ .Release.Name }}"\n';
    expect(ids({ "chart/Chart.yaml": "name: a\n", "chart/templates/service.yaml": service })).toEqual([
      `chart/templates/service.yaml:4 ${template}`,
    ]);
    expect(ids({ "service.yaml": service })).toEqual([]);
  });
});

describe("a field that is null", () => {
  const container = "name: app, image: a, ports: [{ containerPort: 80 }]";
  const deployment = (probes: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec:\n  template:\n    spec:\n      containers:\n        - { ${container}, ${probes} }\n`;

  it.each(["readinessProbe: null", "readinessProbe: ~", "readinessProbe: "])(
    "A field that is null counts as missing: %s",
    (probe) => {
      const findings = told(lintFiles({ "a.yaml": deployment(probe) }, { only: ["workload/readiness"] }));
      expect(findings).toEqual(["a.yaml:8 fail workload/readiness: container app has no readinessProbe"]);
    },
  );

  it("A field that is null counts as missing for every rule", () => {
    const rule =
      "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: a }\nspec: { host: a, trafficPolicy: { connectionPool: { tcp: { maxConnections: null } }, outlierDetection: null } }\n";
    const findings = lintFiles({ "a.yaml": rule }, { only: ["breaker/pool", "breaker/outlier"] });
    expect(findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      "fail breaker/pool",
      "fail breaker/outlier",
    ]);
  });
});

describe("a value that a rule cannot read", () => {
  const replicas = (value: string): string[] => {
    const workload = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { replicas: ${value} }\n`;
    return told(lintFiles({ "a.yaml": workload }, { only: ["workload/disruption"] }));
  };
  const mode = (value: string): string[] => {
    const policy = `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: a, namespace: a }\nspec: { mtls: { mode: ${value} } }\n`;
    return told(lintFiles({ "a.yaml": policy }, { only: ["mtls/strict"] }));
  };

  it.each(["$VALUE", "'%VALUE%'", "'#{value}#'", "'@@VALUE@@'", "'@value@'", "__VALUE__", "'[[ value ]]'", "<value>"])(
    "A value is unknown if a pipeline replaces it: %s",
    (value) => {
      const shown = value.replaceAll("'", "");
      expect(replicas(value)).toEqual([
        `a.yaml:4 unknown workload/disruption: spec.replicas depends on ${shown}, which is not filled in here`,
      ]);
      expect(mode(value)).toEqual([
        `a.yaml:4 unknown mtls/strict: spec.mtls.mode depends on ${shown}, which is not filled in here`,
      ]);
    },
  );

  it.each(["permissive", "Strict", "'STRICT '", "5", "true"])(
    "A value fails as an invalid mode of mTLS: %s",
    (value) => {
      expect(mode(value)).toEqual([
        expect.stringMatching(
          /^a\.yaml:4 fail mtls\/strict: spec\.mtls\.mode is .*, which is not a valid mode: the API server/,
        ),
      ]);
    },
  );

  it("A value fails as an invalid number of replicas", () => {
    expect(replicas("three")).toEqual([
      'a.yaml:4 fail workload/disruption: spec.replicas is "three", which is not a valid number: the API server rejects it',
    ]);
  });

  it("A value is unknown in an autoscaler", () => {
    const files = (least: string): Record<string, string> => ({
      "a.yaml":
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a, namespace: shop }\nspec: { replicas: 2 }\n",
      "b.yaml": `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: a, namespace: shop }\nspec: { minReplicas: ${least}, scaleTargetRef: { kind: Deployment, name: a } }\n`,
    });
    expect(told(lintFiles(files('"${MIN}"'), { only: ["workload/disruption"] }))).toEqual([
      "a.yaml:4 unknown workload/disruption: its autoscaler keeps ${MIN} replicas, which is not a number here",
    ]);
    expect(lintFiles(files("1"), { only: ["workload/disruption"] })).toEqual([]);
  });

  it("A value is unknown as a probe and as resources", () => {
    const container = (fields: string): string[] => {
      const object = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { template: { spec: { containers: [{ name: a, ports: [{ containerPort: 1 }], ${fields} }] } } }\n`;
      const only = ["workload/readiness", "workload/liveness", "workload/resources"];
      return lintFiles({ "a.yaml": object }, { only }).map(({ severity, id }) => `${severity} ${id}`);
    };
    expect(container('readinessProbe: "{{ p }}", livenessProbe: "${P}", resources: "{{ r }}"').toSorted()).toEqual([
      "unknown workload/liveness",
      "unknown workload/readiness",
      "unknown workload/resources",
    ]);
    const limits = "{ cpu: 1, memory: 1Gi }";
    const probe = '{ httpGet: "{{ p }}" }';
    const given = `readinessProbe: ${probe}, livenessProbe: ${probe}, resources: { limits: ${limits} }`;
    expect(container(given)).toEqual([]);
    expect(container(given.replace(limits, '"{{ r }}"'))).toEqual(["unknown workload/resources"]);
  });
});

describe("a placeholder", () => {
  it.each(["${REPLICAS}", '"{{ replicas }}"', "$(replicas)"])(
    "A placeholder is unknown if a rule needs its value: %s",
    (replicas) => {
      const workload = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { replicas: ${replicas.startsWith('"') ? replicas : `"${replicas}"`} }\n`;
      const findings = told(lintFiles({ "a.yaml": workload }, { only: ["workload/disruption"] }));
      expect(findings).toHaveLength(1);
      expect(findings[0]).toMatch(/^a\.yaml:4 unknown workload\/disruption: spec\.replicas depends on /);
    },
  );

  it.each(['"{{ mtls_mode }}"', "$(mode)", '"${MODE}"'])("A placeholder is unknown as a mode of mTLS: %s", (mode) => {
    const strict = `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: default, namespace: istio-system }\nspec: { mtls: { mode: ${mode} } }\n`;
    const client = `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: a }\nspec: { host: a, trafficPolicy: { tls: { mode: ${mode} } } }\n`;
    const severities = (content: string, only: string): string[] =>
      lintFiles({ "a.yaml": content }, { only: [only] }).map(({ severity }) => severity);
    expect(severities(strict, "mtls/strict")).toEqual(["unknown"]);
    expect(severities(client, "mtls/client")).toEqual(["unknown"]);
  });
});

describe("an object that is missing", () => {
  const call =
    "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: a }\nspec:\n  hosts: [reviews]\n  http:\n    - route: [{ destination: { host: reviews } }]\n";
  const replicas = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { replicas: 2 }\n";
  const unread = (kind: string) => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: {{ .Values.name }}\n`;
  const about = (manifest: string, kind: string, id: string): string[] =>
    told(lintFiles({ "a.yaml": manifest, "b.yaml": unread(kind) }, { only: [id] }))
      .filter((line) => line.startsWith("a.yaml"))
      .map((line) => line.replace(/^\S+ /, ""));

  it.each([
    [call, "DestinationRule", "breaker/rule"],
    [replicas, "PodDisruptionBudget", "workload/disruption"],
  ])("A missing object may be in an unreadable file that mentions its kind: %#", (manifest, kind, id) => {
    const [unknown] = about(manifest, kind, id);
    expect(unknown).toMatch(/^unknown .*, unless this changes it: b\.yaml contains one that could not be read$/);
    expect(about(manifest, "Service", id)[0]).toMatch(/^(fail|warn) /);
  });

  it("A missing object may be in any document of a file, including an invalid one", () => {
    const broken = `${unread("Service")}---\n${unread("DestinationRule")}`;
    expect(about(call, `Service\n---\n${unread("DestinationRule")}`, "breaker/rule")[0]).toMatch(/^unknown /);
    const findings = told(lintFiles({ "a.yaml": call, "b.yaml": `${broken}---\n[` }, { only: ["breaker/rule"] }));
    expect(findings.find((line) => line.startsWith("a.yaml"))).toContain("unknown breaker/rule");
  });
});
