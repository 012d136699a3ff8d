import { afterFence, fenceText } from "../state/fence.ts";
import type { RegionStatusCheck } from "./status-context.ts";

const id = "region/fence";

export const fenceCheck: RegionStatusCheck = {
  id,
  title: "fences of the region",
  explain:
    "A failover that could not take the lease of a region leaves a fence in the state bucket of the region that took over. Until it is lifted, `gennet region bootstrap`, `upgrade` and `destroy` refuse to change the fenced region (REGION_FENCED): it must be compared with what the failover changed first. There are fences only with `state: bucket` in gennet.yaml.",
  async run({ region, fences }) {
    const own = (await fences()).filter((fence) => fence.region === region);
    return own.map((fence) => {
      const [compare, lift = ""] = afterFence(fence);
      const summary = `is fenced: ${fenceText(fence)}. ${compare}`;
      return { id, severity: "fail", subject: `region ${fence.region}`, summary, fix: lift };
    });
  },
};
