/** What tests ask of the sandbox's AWS endpoint in addition to AWS's own API: faults, and a log of calls. */
export interface Emulator {
  fault(rule: FaultRule): Promise<void>;
  /** Returns the faults that no call has run into. */
  unusedFaults(): Promise<readonly FaultRule[]>;
  clearFaults(): Promise<void>;
  /** Deletes every AWS resource and every fault. */
  reset(): Promise<void>;
  expire(accessKeyId: string): Promise<void>;
  requests(since?: number): Promise<{ readonly items: readonly LoggedRequest[]; readonly next: number }>;
}

export interface FaultRule {
  readonly service?: string;
  readonly operation?: string;
  readonly region?: string;
  readonly mutating?: boolean;
  /** The number of matching calls that succeed before the fault begins. */
  readonly after?: number;
  /** How often it occurs; null means always. */
  readonly times?: number | null;
  readonly action: "throttle" | "error" | "drop" | "drop-after" | "delay" | "kill";
  readonly when?: "before" | "after-success";
  readonly pid?: number;
  /** The error of the action `error`. */
  readonly code?: string;
  readonly status?: number;
}

export interface LoggedRequest {
  readonly seq: number;
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly mutating: boolean;
  readonly status: number;
  readonly errorCode?: string;
  /** Why AWS's own model rejects the request; absent if it is valid. */
  readonly violation?: string;
  readonly fault?: string;
}

export function emulator(endpoint: string): Emulator {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${endpoint}/_sandbox/${path}`, {
      method,
      headers: { "x-gennet-sandbox": "1", "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /_sandbox/${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  return {
    fault: async (rule) => void (await call("POST", "faults", rule)),
    unusedFaults: async () => {
      const { items } = (await call("GET", "faults")) as { readonly items: readonly (FaultRule & { hits: number })[] };
      return items.filter(({ hits }) => hits === 0);
    },
    clearFaults: async () => void (await call("DELETE", "faults")),
    reset: async () => void (await call("POST", "reset")),
    expire: async (accessKeyId) => void (await call("POST", "credentials/expire", { accessKeyId })),
    requests: async (since = 0) => (await call("GET", `requests?since=${since}`)) as never,
  };
}
