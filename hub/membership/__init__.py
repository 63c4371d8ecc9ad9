"""Members, their consents and what they are given: kept at the hub, and nowhere else."""
