"""Amazon EKS, wholly ours: moto's has no lifecycles, add-ons, access entries or Pod Identity."""
