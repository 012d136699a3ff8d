interface UnsuccessfulItem {
  readonly Error?: { readonly Code?: string | undefined; readonly Message?: string | undefined } | undefined;
}

/**
 * Throws the error of a call that reports it in a successful answer, in the form of the SDK's errors: EC2 does so where
 * a call is about several resources, of which gennet always names one.
 */
export function throwUnsuccessful(action: string, items: readonly UnsuccessfulItem[] | undefined): void {
  const error = items?.[0]?.Error;
  if (error?.Code === undefined) return;
  const { Code: name, Message = "" } = error;
  throw Object.assign(new Error(Message), { name, $action: `EC2 ${action}`, $metadata: { httpStatusCode: 400 } });
}
