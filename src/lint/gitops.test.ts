import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const project = (name: string, spec: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: ${name}, namespace: argocd }\nspec: ${spec}\n---\n`;
const application = (spec: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: orders, namespace: argocd }\nspec:\n${spec}`;
const orders = application(`  project: shop
  source: { repoURL: https://git.example/shop/orders.git, path: deploy }
  destination: { server: https://kubernetes.default.svc, namespace: orders }
`);
const ids = (content: string): string[] => told(lintFiles({ "a.yaml": content }, { only: ["gitops"] }));
const bounds = (repository: string, destination: string): string =>
  project("shop", `{ sourceRepos: [${repository}], destinations: [${destination}] }`);
const here = '{ server: "https://kubernetes.default.svc", namespace: orders }';

describe("an Application", () => {
  it("An Application passes in a project that allows it, read as Argo CD reads it", () => {
    expect(ids(bounds('"https://git.example/shop/*"', here) + orders)).toEqual([]);
    expect(ids(bounds('"*"', '{ name: in-cluster, namespace: "ord*" }') + orders)).toEqual([]);
    expect(ids(bounds('"https://git.example/*"', here) + orders)).toEqual([
      "a.yaml:11 fail gitops/project: https://git.example/shop/orders.git is not allowed by its project shop",
    ]);
  });

  it("An Application fails if a pattern denies it", () => {
    expect(ids(bounds('"*", "!https://git.example/shop/*"', here) + orders)).toHaveLength(1);
    const but = '{ server: "*", namespace: "*" }, { server: "*", namespace: "!orders" }';
    expect(ids(bounds('"*"', but) + orders)).toEqual([
      "a.yaml:12 fail gitops/project: https://kubernetes.default.svc, namespace orders is not allowed by its project shop",
    ]);
  });

  it("An Application fails in a namespace that its project's sourceNamespaces do not include (argo-cd#11597)", () => {
    const elsewhere = orders.replace("namespace: argocd", "namespace: team-shop");
    const from = (namespaces: string): string[] =>
      ids(
        project("shop", `{ sourceRepos: ["*"], destinations: [${here}], sourceNamespaces: [${namespaces}] }`) +
          elsewhere,
      );
    const refused = [
      "a.yaml:8 fail gitops/project: Applications in namespace team-shop are not allowed by its project shop",
    ];
    expect(ids(bounds('"*"', here) + elsewhere)).toEqual(refused);
    for (const namespaces of ["team-shop", '"team-*"', '"/^team-(shop|ops)$/"', '"{team-ops,team-shop}"']) {
      expect(from(namespaces)).toEqual([]);
    }
    for (const namespaces of ["team-ops", "team", '"/^shop/"', '"/(/"']) expect(from(namespaces)).toEqual(refused);
    expect(from('"${TEAM}"')).toEqual([expect.stringContaining("unknown gitops/project")]);
    expect(ids(bounds('"*"', here) + orders.replace(", namespace: argocd", ""))).toEqual([]);
    expect(ids(bounds('"*"', here).replace(", namespace: argocd", "") + elsewhere)).toEqual([]);
  });

  it("An Application fails without a namespace if its project lists some, and so does an ApplicationSet's template (argo-cd#14284)", () => {
    const bare = orders.replace(", namespace: orders }", " }");
    expect(ids(bounds('"*"', here) + bare)).toEqual([
      "a.yaml:12 fail gitops/project: https://kubernetes.default.svc, namespace (none) is not allowed by its project shop",
    ]);
    expect(ids(bounds('"*"', here.replace("namespace: orders", 'namespace: "*"')) + bare)).toEqual([]);
  });

  it("An Application may use a destination that a denied namespace pattern does not match, even if another cluster was meant (argo-cd#12383)", () => {
    const all = ["default", "kube-system", "monitoring"].map((each) => `{ server: "*", namespace: "!${each}" }`);
    const named = orders.replace("server: https://kubernetes.default.svc", "server: https://10.0.0.2");
    const only = [...all, '{ server: "https://10.0.0.1", namespace: "*" }'].join(", ");
    expect(ids(bounds('"*"', only) + named)).toEqual([]);
    expect(ids(bounds('"*"', only) + named.replace("namespace: orders", "namespace: monitoring"))).toHaveLength(1);
  });

  it.each([
    ["https://github.com/*", 1],
    ["https://github.com/**", 0],
    ["https://github.com/argoproj/*", 0],
    ["*", 0],
  ])("An Application's repository matches a whole site only with two stars: %s (argo-cd#26194)", (pattern, found) => {
    const open = orders.replace("https://git.example/shop/orders.git", "https://github.com/argoproj/argo-cd.git");
    expect(ids(bounds(`"${pattern}"`, here) + open)).toHaveLength(found);
  });

  it("An Application fails in the project default, unless that has restrictions", () => {
    const lax = orders.replace("project: shop", "project: default");
    const line = "is in the project default, which restricts nothing";
    expect(ids(lax)[0]).toContain(line);
    const boundless = '{ sourceRepos: ["*"], destinations: [{ server: "*", namespace: "*" }] }';
    expect(ids(project("default", boundless) + lax)[0]).toContain(line);
    expect(ids(project("default", `{ sourceRepos: ["*"], destinations: [${here}] }`) + lax)).toEqual([]);
  });

  it("An Application fails if the tree has projects, but not its own", () => {
    expect(ids(project("ops", "{}") + orders)).toEqual([
      "a.yaml:10 fail gitops/project: its project shop is not among the AppProjects of the tree",
    ]);
    expect(ids(orders)).toEqual([]);
  });

  it("An Application may use a namespace or cluster that braces or brackets list", () => {
    for (const namespace of ["{orders,payments}", "ord[a-f]rs", "{orders", "{ord*,pay*}"]) {
      expect(
        ids(bounds('"*"', `{ server: "https://kubernetes.default.svc", namespace: "${namespace}" }`) + orders),
      ).toEqual([]);
    }
    for (const namespace of ["[z-a]", "{payments,stock}", "[orders"]) {
      const out = bounds('"*"', `{ server: "https://kubernetes.default.svc", namespace: "${namespace}" }`) + orders;
      expect(ids(out)).toHaveLength(1);
    }
  });

  it("An Application is not allowed by braces in a repository's address, which Argo CD escapes before comparing", () => {
    expect(ids(bounds('"https://git.example/shop/{orders,payments}"', here) + orders)).toEqual([
      "a.yaml:11 fail gitops/project: https://git.example/shop/orders.git is not allowed by its project shop (Argo CD escapes addresses, so its pattern https://git.example/shop/{orders,payments} matches nothing)",
    ]);
    expect(ids(bounds('"https://git.example/shop/[op]*"', here) + orders)).toEqual([]);
  });

  it("An Application is allowed whatever a project that only denies repositories does not deny", () => {
    expect(ids(bounds('"!https://git.example/ops/**"', here) + orders)).toEqual([]);
  });

  it("An Application is checked by its sources if it has any, and by what a hydrator reads", () => {
    const sources = orders.replace(/source: .*/, "$&\n  sources: [{ repoURL: https://charts.example/a, chart: b }]");
    expect(ids(bounds('"https://git.example/shop/*"', here) + sources)).toHaveLength(1);
    const dry = orders.replace(
      /source: .*/,
      "sourceHydrator: { drySource: { repoURL: https://git.example/ops/a, path: b } }",
    );
    expect(ids(bounds('"https://git.example/shop/*"', here) + dry)).toHaveLength(1);
  });

  it("An Application is unknown if its project only allows its own clusters", () => {
    const scoped = bounds('"*"', here).replace("{ sourceRepos", "{ permitOnlyProjectScopedClusters: true, sourceRepos");
    expect(ids(scoped + orders)[0]).toContain("unknown gitops/project");
  });

  it("An Application is unknown if a cluster's name must be compared with an address", () => {
    const named = orders.replace("server: https://kubernetes.default.svc", "name: production");
    expect(ids(bounds('"*"', '{ server: "https://10.0.0.1", namespace: orders }') + named)).toEqual([
      "a.yaml:12 unknown gitops/project: the tree does not show whether shop allows production, namespace orders",
    ]);
  });

  it("An Application of a project that names clusters by ARNs, as EKS's Argo CD does, cannot use its own cluster's address", () => {
    const arn = "arn:aws:eks:eu-west-1:111122223333:cluster/acme-eu";
    const ofEks = bounds('"*"', `{ server: "${arn}", namespace: "*" }`);
    const by = (destination: string): string => orders.replace("server: https://kubernetes.default.svc", destination);
    expect(ids(ofEks + by(`server: "${arn}"`))).toEqual([]);
    expect(ids(ofEks + by(`server: "${arn}-2"`))).toHaveLength(1);
    const [refused, ...others] = lintFiles({ "a.yaml": ofEks + orders }, { only: ["gitops"] });
    expect([refused, others]).toMatchObject([
      {
        severity: "fail",
        summary: expect.stringContaining("https://kubernetes.default.svc"),
        fix: expect.stringContaining("ARN"),
      },
      [],
    ]);
    // A Secret that is not in Git may give the cluster this name.
    expect(ids(ofEks + by("name: in-cluster"))).toEqual([expect.stringContaining("unknown gitops/project")]);
  });

  it("An Application's cluster is identified by its Secret, by name or address (argo-cd#21538)", () => {
    const secret = (data: string): string =>
      `---\napiVersion: v1\nkind: Secret\nmetadata: { name: eu, namespace: argocd, labels: { argocd.argoproj.io/secret-type: cluster } }\n${data}\n`;
    const eu = secret('stringData: { name: production, server: "https://10.0.0.1" }');
    const encoded = secret(`data: { name: ${btoa("production")}, server: ${btoa("https://10.0.0.1")} }`);
    const by = (destination: string): string => orders.replace("server: https://kubernetes.default.svc", destination);
    const named = by("name: production");
    const refused = ["a.yaml:12 fail gitops/project: production, namespace orders is not allowed by its project shop"];
    for (const cluster of [eu, encoded]) {
      expect(ids(bounds('"*"', '{ server: "https://10.0.0.1", namespace: orders }') + named + cluster)).toEqual([]);
      expect(ids(bounds('"*"', '{ server: "https://10.0.0.2", namespace: orders }') + named + cluster)).toEqual(
        refused,
      );
      const addressed = by("server: https://10.0.0.1");
      expect(ids(bounds('"*"', "{ name: production, namespace: orders }") + addressed + cluster)).toEqual([]);
    }
    const denying =
      '{ name: in-cluster, server: "https://kubernetes.default.svc", namespace: "!ord*" }, { name: "*", server: "*", namespace: "*" }';
    expect(ids(bounds('"*"', denying) + named + eu)).toEqual([]);
    expect(ids(bounds('"*"', denying) + by("name: in-cluster") + eu)).toHaveLength(1);
    const hub = secret('stringData: { name: hub, server: "https://kubernetes.default.svc" }');
    expect(ids(bounds('"*"', "{ name: hub, namespace: orders }") + orders + hub)).toEqual([]);
    const two = eu + secret('stringData: { name: production, server: "https://10.0.0.2" }');
    for (const unknown of [two, secret('stringData: { name: production, server: "${SERVER}" }')]) {
      expect(ids(bounds('"*"', '{ server: "https://10.0.0.1", namespace: orders }') + named + unknown)[0]).toContain(
        "unknown gitops/project",
      );
    }
  });

  it("An ApplicationSet's template is checked like an Application, and its generated parts are unknown", () => {
    const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all, namespace: argocd }
spec:
  generators: [{ clusters: {} }]
  template:
    spec:
      project: shop
      source: { repoURL: https://git.example/shop/orders.git }
      destination: { server: "{{server}}", namespace: orders }
`;
    expect(ids(bounds('"*"', here) + set)[0]).toContain("unknown gitops/project");
    expect(ids(set.replace("project: shop", "project: default"))[0]).toContain("fail gitops/project");
  });
});
