/**
 * Load balancers find their subnets by these tags:
 * https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
 */
export const balancerTag = { public: "kubernetes.io/role/elb", private: "kubernetes.io/role/internal-elb" } as const;
