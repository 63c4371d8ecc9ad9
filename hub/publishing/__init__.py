"""From the hub's tables to what lanes fetch: snapshots, deltas, and the signed manifest that leads to them."""
