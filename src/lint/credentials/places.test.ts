import { describe, expect, it } from "vitest";
import { lintFiles } from "../../../test/support/lint-files.ts";

/** The line of a manifest: in a variable's value, in the words of a command, or in a file of a ConfigMap. */
type Line = readonly [place: "env" | "args" | `file ${string}`, name: string, value: string];

function severities(place: Line[0], name: string, value: string): string[] {
  const container = (field: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: app\n      ${field}\n`;
  const config = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  ${JSON.stringify(place.slice(5))}: ${JSON.stringify(value)}\n`;
  const content =
    place === "env"
      ? container(`env: [{ name: ${JSON.stringify(name)}, value: ${JSON.stringify(value)} }]`)
      : place === "args"
        ? container(`command: ${JSON.stringify(value.split("  "))}`)
        : config;
  const findings = lintFiles({ "a.yaml": content }, { only: ["secret"] });
  return findings.map(({ severity, id }) => `${severity} ${id}`);
}

const hex = "0123456789abcdef";
/** Assembled here, so that scanners of this repository see no token. */
const made = (prefix: string, length: number, of = "Ab3dEf6hIj9kLm2n"): string =>
  prefix + of.repeat(6).slice(0, length);
const jwt = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"].join(
  ".",
);
const key = `${["-----BEGIN", "RSA PRIVATE KEY-----"].join(" ")}\nMIIEowIBAAKCAQEAzcQ3m1b2\n-----END RSA PRIVATE KEY-----`;

/** From the documentation and examples of the programs and images that the names belong to, and from public charts. */
const credentials: readonly Line[] = [
  ["env", "PGPASSWORD", "hunter2hunter2"],
  ["env", "POSTGRES_PASSWORD", "postgres"],
  ["env", "POSTGRESQL_POSTGRES_PASSWORD", "adminpass"],
  ["env", "MYSQL_ROOT_PASSWORD", "my-secret-pw"],
  ["env", "MARIADB_GALERA_MARIABACKUP_PASSWORD", "backup"],
  ["env", "MONGO_INITDB_ROOT_PASSWORD", "example1"],
  ["env", "NEO4J_AUTH", "neo4j/hunter2hunter2"],
  ["env", "NEO4J_AUTH", "neo4j/test"],
  ["env", "RABBITMQ_ERLANG_COOKIE", "SWQOKODSQALRPCLNMEQG"],
  ["env", "REDISCLI_AUTH", "hunter2hunter2"],
  ["env", "REDIS_PASSWORD", "str0ng"],
  ["env", "RABBITMQ_DEFAULT_PASS", "guest"],
  ["env", "DB_PASS", "hunter2hunter2"],
  ["env", "dbPassword", "hunter2hunter2"],
  ["env", "DB_PASSWD", "app"],
  ["env", "SA_PASSWORD", "Pass@word"],
  ["env", "KEYCLOAK_ADMIN_PASSWORD", "admin"],
  ["env", "GF_SECURITY_ADMIN_PASSWORD", "admin"],
  ["env", "SPRING_DATASOURCE_PASSWORD", "orders"],
  ["env", "ELASTIC_PASSWORD", "elastic"],
  ["env", "MINIO_ROOT_PASSWORD", "minio123"],
  ["env", "MINIO_SECRET_KEY", "minio123"],
  ["env", "AWS_SECRET_ACCESS_KEY", `wJalrXUtnFEMI/K7MDENG/bPxRfiCY${hex}`],
  ["env", "clientSecret", "hunter2hunter2"],
  ["env", "OAUTH2_PROXY_COOKIE_SECRET", "OQINaROshtE9TcZkNAm-5Zs2Pv3xaWytBmc5W7sPX7w="],
  ["env", "SECRET_KEY_BASE", hex],
  ["env", "SECRET_KEY", "django-insecure-abc"],
  ["env", "APP_KEY", "base64:c29tZS1zZWNyZXQta2V5LW9mLWxhcmF2ZWw="],
  ["env", "JWT_SIGNING_KEY", hex],
  ["env", "ENCRYPTION_KEY", hex],
  ["env", "AIRFLOW__CORE__FERNET_KEY", "46BKJoQYlPPOexq0OhDZnIlNepKFf87WFwLbfzqDDho="],
  ["env", "NEW_RELIC_LICENSE_KEY", `${hex}${hex}`],
  ["env", "DD_API_KEY", `${hex}${hex}`],
  ["env", "AUTH_TOKEN_1", hex],
  ["env", "VAULT_DEV_ROOT_TOKEN_ID_TOKEN", "root"],
  ["env", "INFLUXDB_INIT_ADMIN_TOKEN", "mytoken"],
  ["env", "SLACK_BOT_TOKEN", made("xoxb-", 24, "1234567890-")],
  ["env", "PASSWORD", "123456"],
  ["env", "DATABASE_URL", "postgres://app:hunter2@db:5432/orders"],
  ["env", "CELERY_BROKER_URL", "amqp://guest:guest@rabbitmq:5672//"],
  ["env", "REDIS_URL", "redis://:hunter2@cache:6379/0"],
  ["env", "MYSQL_DSN", "app:hunter2@tcp(mysql:3306)/orders?parseTime=true"],
  ["env", "JDBC_URL", "jdbc:postgresql://db/orders?user=app&password=hunter2"],
  ["env", "ConnectionStrings__Orders", "Server=tcp:db,1433;User ID=sa;Password=Pass@word;Encrypt=False"],
  ["env", "AZURE_STORAGE_CONNECTION_STRING", `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${hex}${hex}==`],
  ["env", "DATA_SOURCE_NAME", "user=exporter password=hunter2 host=db sslmode=disable"],
  ["env", "JAVA_OPTS", "-Xmx1g -Djavax.net.ssl.trustStorePassword=hunter2"],
  ["env", "OTEL_EXPORTER_OTLP_HEADERS", `api-key=${hex}`],
  ["env", "NOTE", made("glpat-", 20)],
  ["env", "NOTE", made("npm_", 36)],
  ["env", "NOTE", made("sk-", 48)],
  ["env", "NOTE", made("AIza", 35)],
  ["env", "NOTE", made("ghp_", 36)],
  ["env", "NOTE", made("github_pat_", 82)],
  ["env", "NOTE", made("sk_live_", 24)],
  ["env", "NOTE", made("AKIA", 16, "QWERTYUIOP234567")],
  ["env", "NOTE", jwt],
  ["env", "NOTE", `Authorization: Basic ${Buffer.from("app:hunter2").toString("base64")}`],
  ["args", "", "server  --password=hunter2hunter2"],
  ["args", "", "server  --db-password  hunter2hunter2"],
  ["args", "", "redis-server  --requirepass  hunter2"],
  ["args", "", "redis-cli  -a  hunter2  ping"],
  ["args", "", "mysqladmin  ping  -uroot  -phunter2"],
  ["args", "", "sh  -c  mysql -u root -phunter2 -e 'SELECT 1'"],
  ["args", "", "sh  -c  PGPASSWORD=hunter2 psql -h db -U app orders"],
  ["args", "", "sh  -c  NEO4J_AUTH=neo4j/hunter2hunter2 /startup/docker-entrypoint.sh neo4j"],
  ["args", "", "sh  -c  JDBC_URL='jdbc:postgresql://db/o?user=u&password=hunter2' exec server"],
  ["args", "", "cypher-shell  -u  neo4j  -p  hunter2  RETURN 1"],
  ["args", "", "sh  -c  curl -u admin:hunter2 http://grafana/api/health"],
  ["args", "", `sh  -c  curl -H "Authorization: Bearer ${jwt.slice(0, 30)}x1" http://api`],
  ["args", "", "neo4j-admin  dbms  set-initial-password  hunter2hunter2"],
  ["args", "", "sh  -c  psql -c \"CREATE USER app WITH PASSWORD 'hunter2'\""],
  ["file application.properties", "", "spring.datasource.username=orders\nspring.datasource.password=hunter2hunter2\n"],
  ["file application.yml", "", "spring:\n  datasource:\n    username: orders\n    password: hunter2hunter2\n"],
  [
    "file appsettings.json",
    "",
    '{"ConnectionStrings":{"Orders":"Server=db;Database=o;User Id=sa;Password=Pass@word"}}',
  ],
  ["file config.json", "", '{"db":{"user":"app","password":"hunter2"}}'],
  ["file .env", "", "# database\nexport DB_PASSWORD='hunter2'\n"],
  ["file grafana.ini", "", "[security]\nadmin_user = admin\nadmin_password = hunter2\n"],
  ["file redis.conf", "", "maxmemory 1gb\nrequirepass hunter2\n"],
  ["file config.toml", "", '[database]\npassword = "hunter2"\n'],
  [
    "file settings.xml",
    "",
    "<settings><servers><server>\n<password>hunter2</password>\n</server></servers></settings>\n",
  ],
  ["file alertmanager.yml", "", "global:\n  smtp_auth_password: hunter2\n"],
  ["file prometheus.yml", "", `remote_write:\n  - url: https://a\n    authorization: { credentials: ${hex}${hex} }\n`],
  ["file init.sql", "", "CREATE USER 'app'@'%' IDENTIFIED BY 'hunter2';\n"],
  ["file run.sh", "", "#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY=abcd1234abcd1234\n"],
  ["file values.yaml", "", "extraEnv:\n  - name: DB_PASSWORD\n    value: hunter2\n"],
  ["file tls.key", "", key],
  ["file env.startup.txt", "", "# first start\nLDAP_BASE_DN: #if empty\nLDAP_ADMIN_PASSWORD: admin\n"],
  ["file README.md", "", "Log in with these:\n\n    - DB_PASSWORD: hunter2\n"],
];

describe("a credential is reported", () => {
  it.each(credentials)("A credential is reported: %s %s %s", (place, name, value) => {
    expect(severities(place, name, value)).toEqual(["fail secret/value"]);
  });
});

/** From public charts and manifests, and from false positives reported to other linters. */
const harmless: readonly Line[] = [
  ["env", "TLS_SECRET", "istio-ingress-cert"],
  ["env", "IMAGE_PULL_SECRET", "registry"],
  ["env", "DB_PASSWORD_SECRET", "orders-db"],
  ["env", "VAULT_SECRET", "secret/data/orders"],
  ["env", "CSRF_HEADER_TOKEN", "X-CSRF-Token"],
  ["env", "DB_SECRET_NAME", "orders-db"],
  ["env", "existingSecret", "orders-db"],
  ["env", "CA_SECRET", "cluster-ca.crt"],
  ["env", "WEBHOOK_SECRET_NAME", "cert-manager-webhook-ca"],
  ["env", "SECRET_NAMESPACE", "shop"],
  ["env", "DB_PASSWORD_FILE", "/run/secrets/db"],
  ["env", "POSTGRES_PASSWORD_FILE", "/run/secrets/postgres-passwd"],
  ["env", "VAULT_TOKEN", "/var/run/token"],
  ["env", "GOOGLE_APPLICATION_CREDENTIALS", "/var/secrets/google/key.json"],
  ["env", "AWS_SHARED_CREDENTIALS_FILE", "/credentials/cloud"],
  ["env", "AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"],
  ["env", "REQUIRE_TOKEN", "true"],
  ["env", "ALLOW_EMPTY_PASSWORD", "yes"],
  ["env", "MYSQL_RANDOM_ROOT_PASSWORD", "yes"],
  ["env", "TOKEN_TTL", "3600"],
  ["env", "ACCESS_TOKEN_LIFETIME", "15m"],
  ["env", "REFRESH_TOKEN", "24h"],
  ["env", "PASSWORD_MIN_LENGTH", "12"],
  ["env", "PASSWORD_POLICY", "strong"],
  ["env", "MAX_TOKENS", "4096"],
  ["env", "EOS_TOKEN", "</s>"],
  ["env", "TOKEN_URL", "https://login.example/token"],
  ["env", "OAUTH_TOKEN_ENDPOINT", "https://login.example/oauth/token"],
  ["env", "TOKEN_AUDIENCE", "orders"],
  ["env", "API_KEY_HEADER", "X-API-Key"],
  ["env", "AUTH_TOKEN_HEADER_NAME", "Authorization"],
  ["env", "DB_PASSWORD", "$(OTHER)"],
  ["env", "DB_PASSWORD", "${DB_PASSWORD}"],
  ["env", "DB_PASSWORD", "$DB_PASSWORD"],
  ["env", "DB_PASSWORD", "<your-password>"],
  ["env", "DB_PASSWORD", "REPLACE_ME"],
  ["env", "API_KEY", "your-api-key-here"],
  ["env", "API_KEY", "YOUR_API_KEY"],
  ["env", "OPENAI_API_KEY", "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
  ["env", "AWS_ACCESS_KEY_ID", ["AKIA", "IOSFODNN7EXAMPLE"].join("")],
  ["env", "DB_PASSWORD", "vault:secret/data/orders#password"],
  ["env", "DB_PASSWORD", "ref+awssecrets://shop/orders#/password"],
  ["env", "DB_PASSWORD", "<path:secret/data/orders#password>"],
  ["env", "DB_PASSWORD_ARN", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders"],
  ["env", "DB_SECRET", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders"],
  ["env", "API_TOKEN_ENV", "SHOP_API_TOKEN"],
  ["env", "PRIVATE_KEY", "/etc/tls/tls.key"],
  ["env", "DATABASE_URL", "postgresql://app:$(PASSWORD)@db/orders"],
  ["env", "DATABASE_URL", "postgresql://app@db/orders"],
  ["env", "REDIS_URL", "redis://cache:6379/0"],
  ["env", "NEO4J_AUTH", "none"],
  ["env", "MONKEY", "banana"],
  ["env", "PARTITION_KEY", "order-id"],
  ["env", "KEY_PREFIX", "orders"],
  ["env", "PUBLIC_KEY", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"],
  ["env", "PWD", "/app"],
  ["env", "BYPASS", "internal"],
  ["env", "NGINX_PROXY_PASS", "http://orders:8000"],
  ["env", "AUTH", "oauth2"],
  ["env", "KUBECONFIG_SECRET", "cluster-kubeconfig"],
  ["args", "", "server  --tls-secret=istio-ingress-cert  --token-ttl=1h"],
  ["args", "", "server  --default-ssl-certificate=ingress/tls  --password-file=/run/db"],
  ["args", "", "redis-cli  -h  cache  -p  6379  ping"],
  ["args", "", "sh  -c  redis-cli -a $REDIS_PASSWORD ping"],
  ["args", "", 'sh  -c  redis-cli -a "${REDIS_PASSWORD}" ping'],
  ["args", "", "sh  -c  mysqladmin ping -uroot -p$MYSQL_ROOT_PASSWORD"],
  ["args", "", 'sh  -c  curl -u "$USER:$PASSWORD" http://grafana'],
  ["args", "", "sh  -c  export TOKEN=$(cat /var/run/token); mkdir -p /data"],
  ["args", "", "sh  -c  SATOKEN=`oc sa get-token image-puller -n stackrox`\necho done"],
  ["args", "", "sh  -c  vault kv put a client_id=${CLOUD_ID} client_secret=${CLOUD_SECRET};"],
  ["args", "", "sh  -c  vault kv put a client_secret=${CLOUD_SECRET} url=${CLOUD_URL}"],
  ["file notes.txt", "", "DB_PASSWORD: the password of the database\nToken: see below\nPASSWORD=${DB_PASSWORD}\n"],
  ["args", "", "--api-key=<your key>  --neo4j-auth=neo4j/${PASSWORD}"],
  ["args", "", "--api-key  <your key>"],
  ["args", "", "--db-password={{ .Values.db.password }}"],
  ["file application.properties", "", "spring.datasource.password=${DB_PASSWORD}\napi.key=<your key>\n"],
  ["args", "", "--secret-name=webhook-certs  --metrics-addr=:8080"],
  ["args", "", "ssh  -p  2222  host"],
  ["args", "", "controller  --cloud-credentials-secret  aws-creds"],
  [
    "file credentials",
    "",
    '{"s3":{"s3AccessKeyIDName":"awsAccessKeyID","s3SecretAccessKeyName":"awsSecretAccessKey"},"gcs":{"gcsCredentialFileName":"gcloud-application-credentials.json"}}',
  ],
  [
    "file prometheus.yml",
    "",
    "scrape_configs:\n  - bearer_token_file: /var/run/secrets/token\n    basic_auth: { username: a, password_file: /etc/p }\n",
  ],
  ["file grafana.ini", "", "[security]\n;admin_password = admin\nadmin_password = $__file{/etc/secrets/admin}\n"],
  ["file application.yml", "", "spring:\n  datasource:\n    password: ${DB_PASSWORD:}\n"],
  [
    "file nginx.conf",
    "",
    "location / {\n  proxy_pass http://orders:8000;\n  ssl_certificate_key /etc/tls/tls.key;\n}\n",
  ],
  ["file run.sh", "", '#!/bin/sh\nTOKEN=$(cat /token)\nif [ "$PASSWORD" = "" ]; then echo "password: missing"; fi\n'],
  ["file app.py", "", "password = os.environ['DB_PASSWORD']\ntoken = get_token(secret=secret)\n"],
  [
    "file schema.json",
    "",
    '{"properties":{"password":{"type":"string","description":"the password of the database"}}}',
  ],
  ["file values.yaml", "", "auth:\n  existingSecret: orders-db\n  secretKeys: { adminPasswordKey: password }\n"],
  [
    "file external-secret.yaml",
    "",
    "data:\n  - secretKey: password\n    remoteRef: { key: shop/orders, property: password }\n",
  ],
  ["file redis.conf", "", "maxmemory 0\nrequirepass replace-default-auth\nmasterauth replace-default-auth\n"],
  ["file policy.csv", "", "p, role:ops, applications, *, */*, allow\ng, token-readers, role:ops\n"],
];

describe("anything else is not reported", () => {
  it.each(harmless)("A value that is not a credential is not reported: %s %s %s", (place, name, value) => {
    expect(severities(place, name, value)).toEqual([]);
  });
});

describe("a default password that should be changed", () => {
  it("A default password that should be changed is a warning, because it is the password until then", () => {
    for (const value of ["changeme", "change-me-please", "CHANGE_ME", "please-change-this"]) {
      expect(severities("env", "DB_PASSWORD", value)).toEqual(["warn secret/value"]);
    }
  });
});

describe("findings", () => {
  it("Findings about credentials never show a value, wherever it was", () => {
    const found = credentials.map(([place, name, value]) => {
      const content = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  ${name || "x.env"}: ${JSON.stringify(value)}\n`;
      const findings = lintFiles({ "a.yaml": content }, { only: ["secret"] });
      expect(`${place} ${JSON.stringify(findings)}`).not.toMatch(/hunter2|Pass@word|minio123/);
      return findings.length;
    });
    // What is only found in its own kind of file is not found here.
    expect(found.filter((count) => count > 0).length).toBeGreaterThan(0.8 * credentials.length);
  });

  it("Findings about credentials name the variable inside a file, and the chart's values in an Argo CD object", () => {
    const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: a }
spec: { source: { helm: { parameters: [{ name: auth.password, value: hunter2 }] } } }
`;
    expect(lintFiles({ "a.yaml": application }, { only: ["secret"] }).map(({ summary }) => summary)).toEqual([
      "the chart's values, auth.password, contains a likely credential",
    ]);
  });

  it.each([
    ["a Knative Service", "serving.knative.dev/v1", "Service", "spec: { template: { spec: { containers: [C] } } }"],
    ["a step of a Task", "tekton.dev/v1", "Task", "spec: { steps: [C] }"],
    ["a template of a Workflow", "argoproj.io/v1alpha1", "Workflow", "spec: { templates: [{ container: C }] }"],
    ["a PodTemplate", "v1", "PodTemplate", "template: { spec: { containers: [C] } }"],
    ["a plug-in of Argo CD", "argoproj.io/v1alpha1", "Application", "spec: { source: { plugin: C } }"],
  ])("Credentials are found in %s, as in a pod", (_of, apiVersion, kind, spec) => {
    const found = (container: string): string[] => {
      const object = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\n`;
      return lintFiles({ "a.yaml": object + spec.replace("C", container) }, { only: ["secret"] }).map(({ id }) => id);
    };
    expect(found("{ name: c, env: [{ name: DB_PASSWORD, value: hunter2hunter2 }] }")).toEqual(["secret/value"]);
    expect(found("{ name: c, image: i, args: [--password=hunter2hunter2] }")).toEqual(["secret/value"]);
    expect(found("{ name: c, image: i, env: [{ name: DB_SECRET_NAME, value: orders }], args: [-v] }")).toEqual([]);
  });

  it("Credentials are found in a ConfigMap's Base64 files", () => {
    const file = (content: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\nbinaryData: { app.env: ${btoa(content)} }\n`;
    const ids = (content: string): string[] =>
      lintFiles({ "a.yaml": file(content) }, { only: ["secret"] }).map(({ id }) => id);
    expect(ids("DB_PASSWORD=hunter2hunter2\n")).toEqual(["secret/value"]);
    expect(ids("DB_HOST=db\n")).toEqual([]);
  });

  it.each([
    ["apps.openshift.io/v1", "DeploymentConfig", "{ template: { spec: { containers: [CONTAINER] } } }"],
    ["argoproj.io/v1alpha1", "Workflow", "{ templates: [{ name: a, container: CONTAINER }] }"],
    ["argoproj.io/v1alpha1", "CronWorkflow", "{ workflowSpec: { templates: [{ name: a, script: CONTAINER }] } }"],
    [
      "argoproj.io/v1alpha1",
      "AnalysisTemplate",
      "{ metrics: [{ provider: { job: { spec: { template: { spec: { containers: [CONTAINER] } } } } } }] }",
    ],
    ["tekton.dev/v1", "Task", "{ steps: [CONTAINER] }"],
    ["serving.knative.dev/v1", "Service", "{ template: { spec: { containers: [CONTAINER] } } }"],
    ["serving.kserve.io/v1beta1", "InferenceService", "{ predictor: { containers: [CONTAINER] } }"],
  ])("Credentials are found in the containers of any object: %s %s", (apiVersion, kind, spec) => {
    const found = (container: string): string[] =>
      lintFiles(
        {
          "a.yaml": `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\nspec: ${spec.replace("CONTAINER", container)}\n`,
        },
        { only: ["secret"] },
      ).map(({ summary }) => summary);
    expect(
      found("{ name: app, image: b, env: [{ name: A, value: b }, { name: DB_PASSWORD, value: hunter2 }] }"),
    ).toEqual(["container app: DB_PASSWORD contains a likely credential"]);
    expect(found("{ name: app, image: b, args: [serve, --password=hunter2] }")).toEqual([
      "container app: its arguments, password, contains a likely credential",
    ]);
    for (const harmless of [
      "{ name: app, image: b, env: [{ name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: p } } }] }",
      "{ name: app, image: b, env: production }",
      "{ name: app, env: [DB_PASSWORD] }",
    ])
      expect(found(harmless)).toEqual([]);
  });

  it("The name of a Secret that the tree declares, generates or refers to is not a credential", () => {
    const pod = (value: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, env: [{ name: DB_PASSWORD, value: ${value} }] }] }\n`;
    const made = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: orders-db }\n";
    const ids = (files: Record<string, string>): string[] =>
      lintFiles(files, { only: ["secret/value"] }).map(({ id }) => id);
    expect(ids({ "a.yaml": pod("orders-db") })).toEqual(["secret/value"]);
    expect(ids({ "a.yaml": pod("orders-db"), "b.yaml": made })).toEqual([]);
    const refers = `apiVersion: v1\nkind: Pod\nmetadata: { name: b }\nspec: { volumes: [{ secret: { secretName: orders-db } }] }\n`;
    expect(ids({ "a.yaml": pod("orders-db"), "b.yaml": refers })).toEqual([]);
    expect(ids({ "a.yaml": pod("postgres"), "b.yaml": made.replace("orders-db", "postgres") })).toEqual([
      "secret/value",
    ]);
  });
});
