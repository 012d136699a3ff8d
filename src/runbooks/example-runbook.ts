import { stringify } from "yaml";

/** Returns the text of a runbook to start from: one step of each kind that most runbooks have. */
export function exampleRunbook(id: string, title: string, findings: readonly string[]): string {
  const front = stringify({
    id,
    title,
    when: "Describe when to use it.",
    findings: [...findings],
    inputs: {
      region: { type: "region", summary: "the region", from: "/region" },
      namespace: { type: "name", summary: "the namespace of the workload", from: "namespace" },
      deployment: { type: "name", summary: "the Deployment", from: "name" },
    },
    rights: [{ verb: "patch", resource: "deployments", namespace: "${namespace}" }],
  });
  return `---
${front}---

# ${title.replaceAll(/([\\`*_<[\]])/g, "\\$1")}

| What you see | What it means | What to do |
| --- | --- | --- |
| describe it | describe it | continue with the next step |

## Look

\`\`\`kubectl name=look
kubectl get deployment \${deployment} --namespace \${namespace}
\`\`\`

## Decide

\`\`\`approve name=agree
Restart \${namespace}/\${deployment}?
\`\`\`

## Act

\`\`\`kubectl name=restart safe
kubectl rollout restart deployment/\${deployment} --namespace \${namespace}
\`\`\`

## Prove

\`\`\`check name=healthy timeout=5m
workloads/available pods/running
\`\`\`

## What this runbook does not do

Describe what is left to a person.
`;
}
