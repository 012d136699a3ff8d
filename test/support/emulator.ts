/** What a test says to the sandbox's AWS endpoint beside AWS's own calls: faults, and what it was asked. */
export interface Emulator {
  fault(rule: FaultRule): Promise<void>;
  /** The faults that have struck no call. */
  unusedFaults(): Promise<readonly FaultRule[]>;
  clearFaults(): Promise<void>;
  /** Forgets every AWS resource and every fault. */
  reset(): Promise<void>;
  expire(accessKeyId: string): Promise<void>;
  requests(since?: number): Promise<{ readonly items: readonly LoggedRequest[]; readonly next: number }>;
}

export interface FaultRule {
  readonly service?: string;
  readonly operation?: string;
  readonly region?: string;
  readonly mutating?: boolean;
  /** Matching calls that pass before the fault strikes. */
  readonly after?: number;
  /** How often it strikes; null is for ever. */
  readonly times?: number | null;
  readonly action: "throttle" | "error" | "drop" | "drop-after" | "delay" | "kill";
  readonly when?: "before" | "after-success";
  readonly pid?: number;
}

export interface LoggedRequest {
  readonly seq: number;
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly mutating: boolean;
  readonly status: number;
  readonly errorCode?: string;
  /** What AWS's own model says against the request; absent where it is valid. */
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
