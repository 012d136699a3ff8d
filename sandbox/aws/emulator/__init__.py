"""The sandbox's AWS: moto behind what AWS itself would check, refuse and take time for."""
