"""The lane's data on disk: price list, journal, and the agent that syncs both with the hub."""
