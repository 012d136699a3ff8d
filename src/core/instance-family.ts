/**
 * Returns whether on-demand instances of a type count towards the quota of vCPUs of standard instances (A, C, D, H, I,
 * M, R, T and Z): https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html
 */
export function isStandardFamily(instanceType: string): boolean {
  return /^(a|c|d|h|i|im|is|m|r|t|z)\d/.test(instanceType);
}
