import { certificatesIn } from "../../core/certificate-bundle.ts";
import type { CheckFinding } from "../../core/check.ts";
import { expiryOf } from "./expiry.ts";
import type { RegionStatusCheck } from "./status-context.ts";

const id = "region/cluster-authority";
/** EKS rotates an authority itself near its end; who pins it needs time to follow. */
const noticeDays = 90;

export const clusterAuthority: RegionStatusCheck = {
  id,
  title: "certificate authority of the cluster",
  explain:
    "The API server's certificates are signed by the cluster's own authority, which is valid for years. EKS rotates it near its end, and has two for a while: kubeconfigs and Argo CD cluster secrets with the old one then stop working. `aws eks update-kubeconfig` writes the current one; gennet itself asks EKS for it each time.",
  async run({ cluster, now }) {
    const data = (await cluster())?.certificateAuthority;
    if (data === undefined) return [];
    return authorityEnds(data).map((end, at, all): CheckFinding => {
      const subject = all.length === 1 ? "certificate authority" : `certificate authority ${at + 1}`;
      return { id, subject, ...expiryOf(end, now(), noticeDays) };
    });
  },
};

/**
 * Returns until when each certificate of a bundle is valid. What is no certificate is left out, because connecting with
 * it fails by itself.
 */
export function authorityEnds(bundle: string): readonly Date[] {
  return certificatesIn(bundle).map(({ validTo }) => new Date(validTo));
}
