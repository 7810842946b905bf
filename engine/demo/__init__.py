"""The sample cascade, played under a simulated clock through the same `execute` and the same rounds as the service."""
