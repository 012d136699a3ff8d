import type { Tags } from "../tags.ts";

/** The CNAME record that proves to ACM that a domain is ours. It is the same for a domain in all regions of an account. */
export interface ValidationRecord {
  /** Without the dot at its end. */
  readonly name: string;
  readonly value: string;
}

export interface Certificate {
  readonly arn: string;
  /** PENDING_VALIDATION, ISSUED, INACTIVE, EXPIRED, VALIDATION_TIMED_OUT, REVOKED, FAILED. */
  readonly status: string;
  /** All names, sorted. */
  readonly names: readonly string[];
  /** Each once; none in the first seconds after the request. */
  readonly validation: readonly ValidationRecord[];
  /** Whether a load balancer or another resource uses it. */
  readonly inUse: boolean;
  readonly failure?: string;
  readonly notAfter?: Date;
  /** How its last renewal stands: PENDING_AUTO_RENEWAL, PENDING_VALIDATION, SUCCESS, FAILED. */
  readonly renewal?: string;
  readonly tags: Tags;
}

/** ACM in one AWS region. Reference: docs.aws.amazon.com/acm/latest/APIReference */
export interface Acm {
  /** Returns the certificates whose first name is the domain, in every status. */
  certificates(domain: string, signal: AbortSignal): Promise<readonly Certificate[]>;
  /** Requests a certificate that is validated by DNS. The first name is its domain. */
  requestCertificate(names: readonly string[], tags: Tags, signal: AbortSignal): Promise<void>;
  deleteCertificate(arn: string, signal: AbortSignal): Promise<void>;
}
