import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { checkServiceName, serviceNameProblem } from "./service-name.ts";

const installed = ["fastapi", "pydantic_core", "tests"];

describe("a service's name", () => {
  it.each(["a", "y", "orders", "order-intake", "v2", "a--b", "a".repeat(63), "x1-2-3"])(
    "A service's name may be %s",
    (name) => {
      expect(serviceNameProblem(name, installed)).toBeUndefined();
    },
  );

  it.each([
    "",
    "-a",
    "a-",
    "1st",
    "Orders",
    "order_intake",
    "a.b",
    "a".repeat(64),
    "../x",
    "/etc",
    "a/b",
    ".",
    "..",
    "ørders",
    "a b",
    "a\n",
    "--help",
  ])("A service's name must be a DNS label: %j", (name) => {
    expect(serviceNameProblem(name, installed)).toMatch(/^it must be a DNS label/);
  });

  it.each([
    ["default", "Kubernetes"],
    ["kube-orders", "Kubernetes"],
    ["istio-system", "Istio"],
    ["argocd", "Argo CD"],
    ["external-secrets", "External Secrets"],
    ["monitoring", "the OpenTelemetry Collector"],
    ["amazon-cloudwatch", "AWS"],
    ["aws-observability", "AWS"],
  ])("A service's name must not be a namespace of the cluster: %s", (name, holder) => {
    expect(serviceNameProblem(name, installed)).toBe(
      `the service would get a namespace of that name, which ${holder} uses`,
    );
  });

  it.each([
    ["class", "is a Python keyword"],
    ["async", "is a Python keyword"],
    ["secrets", "is a module of Python's standard library"],
    ["calendar", "is a module of Python's standard library"],
    ["test", "is a module of Python's standard library"],
    ["xxlimited", "is a module of Python's standard library"],
    ["pip", "has the name of a module that any Python environment may contain"],
    ["sitecustomize", "has the name of a module that any Python environment may contain"],
    ["fastapi", "has the name of a module that the service itself uses"],
    ["pydantic-core", "has the name of a module that the service itself uses"],
    ["tests", "has the name of a module that the service itself uses"],
  ])("A service's name must not give a package that Python resolves to another: %s", (name, reason) => {
    expect(serviceNameProblem(name, installed)).toBe(`its Python package "${name.replace("-", "_")}" ${reason}`);
  });
});

describe("names that only look reserved", () => {
  it.each(["migrate", "match", "type", "case", "app", "src", "deploy", "user", "order", "public-api", "post"])(
    "A service's name may look reserved: %s",
    (name) => {
      expect(serviceNameProblem(name, installed)).toBeUndefined();
    },
  );

  it.each(["postgres", "public", "template1", "pg-stats", "rdsadmin", "none"])(
    "A service's name must not be a role or database of PostgreSQL: %s",
    (name) => {
      expect(serviceNameProblem(name, installed)).toMatch(/is a built-in role or database of PostgreSQL/);
    },
  );
});

describe("the modules of the Python on this machine", () => {
  it("Every module of the Python on this machine is rejected as a service's package", () => {
    const script =
      "import sys, sysconfig, os, pkgutil; p = sysconfig.get_path('platstdlib');" +
      "found = {m.name for m in pkgutil.iter_modules([sysconfig.get_path('stdlib'), p, os.path.join(p, 'lib-dynload')])};" +
      "print(*(found | set(sys.builtin_module_names) | set(sys.stdlib_module_names)))";
    const modules = execFileSync("python3", ["-c", script], { encoding: "utf8" }).trim().split(" ");
    const names = modules.filter((name) => /^[a-z][a-z0-9_]*$/.test(name)).map((name) => name.replaceAll("_", "-"));
    expect(names.length).toBeGreaterThan(150);
    expect(names.filter((name) => serviceNameProblem(name, installed) === undefined)).toEqual([]);
  });
});

describe("the suggested next step", () => {
  it("The suggested name is valid, and derived from the given one if possible", () => {
    expect(() => checkServiceName("calendar", installed)).toThrow(
      expect.objectContaining({ code: "SCAFFOLD_NAME_INVALID", next: ["gennet new service calendar-service"] }),
    );
    expect(() => checkServiceName("Orders", installed)).toThrow(
      expect.objectContaining({ next: ["gennet new service orders  # a valid name"] }),
    );
  });

  it("The suggested command keeps the given flags", () => {
    expect(() => checkServiceName("calendar", installed, ["--domain", "shop", "--owner", "team shop"])).toThrow(
      expect.objectContaining({ next: ["gennet new service calendar-service --domain shop --owner 'team shop'"] }),
    );
  });
});
