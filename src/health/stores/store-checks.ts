import { externalKey } from "../checks/secrets-ready.ts";
import { type Check, matches } from "../../core/check.ts";
import { enumerate } from "../../core/enumerate.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { callText, type ProbeResult } from "../../core/probe.ts";
import { unreadBecause } from "../../core/run-checks.ts";
import { shell } from "../../core/shell-words.ts";
import { foldAlike } from "../fold-alike.ts";
import type { HealthContext } from "../health-context.ts";
import { withWell } from "../with-well.ts";
import type { ProbedLogin, ProbedStore } from "./store-reads.ts";

/** Longer than a probe may take. */
const timeoutMs = 300_000;

interface StoreFacts {
  readonly title: string;
  /** How pods connect, if not with TLS of the store's own. */
  readonly inMesh?: true;
}

function storeCheck(store: ProbedStore, { title, inMesh }: StoreFacts): Check<HealthContext> {
  const id = `data/${store}`;
  return {
    id,
    title: `logins of ${title}`,
    explain: `Each service should reach its ${title} from a pod${inMesh === true ? " of the mesh, with" : ", with TLS and"} the login of its Secret. A pod of gennet${inMesh === true ? " with a sidecar" : ""} in the service's namespace logs in, as \`gennet probe --in-pod\` does. It runs with \`gennet status --probe\`, or if --only names the check, because it creates a Job in each of these namespaces; the image is \`platform.probe.image\` in gennet.yaml, or GENNET_IMAGE. Checked is each ExternalSecret that reads the whole of a secret whose name ends with /${store}, as \`gennet new service\` writes it. A name that does not resolve, a refused connection or no answer in time points to the store, its security group or DNS (\`gennet region plan\` shows what differs); a policy that denies all traffic of the namespace stops the pod of gennet, too. A rejected login points to the secret (\`gennet secrets verify\`), and a certificate that is not trusted to the address or to the image.`,
    needs: ["cluster/api"],
    timeoutMs,
    async run({ stores, gennet }) {
      if (stores === undefined) {
        const summary = "only a pod can ask: gennet status --probe creates one";
        return [{ id, severity: "skip", subject: `logins of ${title}`, summary }];
      }
      const probed = (await stores.probed()).filter((login) => login.store === store);
      const isWell = ({ result }: ProbedLogin): boolean => !(result instanceof AppError) && result.outcome === "ok";
      const bad = probed.filter((login) => !isWell(login));
      const findings = foldAlike(bad, ({ result }) => JSON.stringify(judged(result))).map((alike): Finding => {
        const [{ namespace, secret, result }] = alike;
        const names = alike.map((login) => `${login.namespace}/${login.name}`);
        const call = callText({ kind: store, secret });
        const pod = inMesh === true ? "--in-pod --meshed" : "--in-pod";
        const again = `probe ${pod} ${shell`--namespace ${namespace} ${call}`}`;
        const about = alike.map(externalKey);
        return { id, subject: enumerate(names, "externalsecret"), about, fix: gennet(again), ...judged(result) };
      });
      return withWell(findings, {
        id,
        count: probed.length - bad.length,
        one: `login of ${title}`,
        many: `logins of ${title}`,
        summary: inMesh === true ? "accepted from a pod of the mesh" : "accepted from a pod, with TLS",
        none: `no ExternalSecret reads a secret whose name ends with /${store}`,
      });
    },
  };
}

function judged(result: ProbeResult | AppError): Pick<Finding, "severity" | "summary" | "obstacle" | "fix"> {
  if (result instanceof AppError) return unreadBecause(result);
  const { outcome, summary, trouble } = result;
  return {
    severity: outcome === "failed" ? "fail" : "unknown",
    summary: `from a pod: ${summary}`,
    ...(trouble === undefined ? {} : { evidence: { trouble } }),
  };
}

/** The checks that create pods. */
export const storeChecks: readonly Check<HealthContext>[] = [
  storeCheck("postgres", { title: "PostgreSQL" }),
  storeCheck("redis", { title: "Redis" }),
  storeCheck("neo4j", { title: "Neo4j", inMesh: true }),
];

/** Returns whether patterns name a check that creates pods. */
export function nameStoreChecks(patterns: readonly string[]): boolean {
  return storeChecks.some(({ id }) => matches(patterns, id));
}
