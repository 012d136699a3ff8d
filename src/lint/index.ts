import { readingFacts } from "./reading-facts.ts";
import { breakerOutlier } from "./rules/breaker-outlier.ts";
import { breakerPool } from "./rules/breaker-pool.ts";
import { breakerProxied } from "./rules/breaker-proxied.ts";
import { breakerRule } from "./rules/breaker-rule.ts";
import { breakerStatistics } from "./rules/breaker-statistics.ts";
import { dataDomain } from "./rules/data-domain.ts";
import { dataRegion } from "./rules/data-region.ts";
import { gitopsProject } from "./rules/gitops-project.ts";
import { gitopsSelfHeal } from "./rules/gitops-self-heal.ts";
import { meshOneRule } from "./rules/mesh-one-rule.ts";
import { meshSelector } from "./rules/mesh-selector.ts";
import { meshSubset } from "./rules/mesh-subset.ts";
import { mtlsClient } from "./rules/mtls-client.ts";
import { mtlsPorts } from "./rules/mtls-ports.ts";
import { mtlsProxied } from "./rules/mtls-proxied.ts";
import { mtlsStrict } from "./rules/mtls-strict.ts";
import { secretManifest } from "./rules/secret-manifest.ts";
import { secretTarget } from "./rules/secret-target.ts";
import { secretValue } from "./rules/secret-value.ts";
import { workloadBudget } from "./rules/workload-budget.ts";
import { workloadDisruption } from "./rules/workload-disruption.ts";
import { workloadLiveness } from "./rules/workload-liveness.ts";
import { workloadReadiness } from "./rules/workload-readiness.ts";
import { workloadResources } from "./rules/workload-resources.ts";
import { waiverFacts } from "./waiver-facts.ts";
import type { Rule, RuleFacts } from "./rule.ts";

/** Every rule for objects, ordered by id. */
export const rules: readonly Rule[] = [
  breakerOutlier,
  breakerPool,
  breakerProxied,
  breakerRule,
  breakerStatistics,
  dataDomain,
  dataRegion,
  gitopsProject,
  gitopsSelfHeal,
  meshOneRule,
  meshSelector,
  meshSubset,
  mtlsClient,
  mtlsPorts,
  mtlsProxied,
  mtlsStrict,
  secretManifest,
  secretTarget,
  secretValue,
  workloadBudget,
  workloadDisruption,
  workloadLiveness,
  workloadReadiness,
  workloadResources,
];

/** Everything that a lint finding can be about: the rules, unreadable files, and the waivers themselves. */
export const lintFacts: readonly RuleFacts[] = [
  ...rules,
  ...Object.values(readingFacts),
  ...Object.values(waiverFacts),
];
