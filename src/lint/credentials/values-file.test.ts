import { describe, expect, it } from "vitest";
import { lintFiles } from "../../../test/support/lint-files.ts";

const chart = "apiVersion: v2\nname: orders\nversion: 1.0.0\n";
const values = `# The values of a chart.
auth:
  username: app
  password: hunter2hunter2
  existingSecret: app-db
  passwordKey: password
env:
  - name: TOKEN_TTL
    value: 15m
  - name: DB_PASSWORD
    value: sup3rs3cret
admin:
  password: changeme
files:
  app.properties: |
    db.password=hunter2x
`;

function found(files: Readonly<Record<string, string>>): readonly string[] {
  const findings = lintFiles(files, { only: ["secret"] }).filter(({ id }) => id === "secret/value");
  return findings.map(
    ({ severity, subject, summary, location }) =>
      `${severity} ${location?.file}:${location?.line} ${subject}: ${summary}`,
  );
}

describe("the values of a chart", () => {
  it("The values of a chart are searched for credentials, each with its location", () => {
    expect(found({ "Chart.yaml": chart, "values.yaml": values })).toEqual([
      "fail values.yaml:4 values values.yaml: auth.password contains a likely credential",
      "fail values.yaml:11 values values.yaml: env[1].value contains a likely credential",
      "warn values.yaml:13 values values.yaml: admin.password contains a default password that should be changed",
      "fail values.yaml:15 values values.yaml: files.app.properties, db.password, contains a likely credential",
    ]);
  });

  it.each(["values-prod.yaml", "prod.values.yml", "values.eu.yaml", "deploy/values.json"])(
    "The values of a chart may be in %s",
    (file) => {
      expect(found({ [file]: '{ "redis": { "password": "hunter2hunter2" } }' })).toHaveLength(1);
    },
  );

  it("The values of a chart are searched even if a kustomization uses them", () => {
    const kustomization = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
helmCharts:
  - name: redis
    repo: https://charts.example.com
    valuesFile: values.yaml
`;
    const own = found({ "kustomization.yaml": kustomization, "values.yaml": "auth: { password: hunter2hunter2 }\n" });
    expect(own).toContain("fail values.yaml:1 values values.yaml: auth.password contains a likely credential");
  });

  it("Another file without objects does not contain the values of a chart", () => {
    expect(found({ "settings.yaml": "evaluation: { password: hunter2hunter2 }\n" })).toEqual([]);
  });
});
