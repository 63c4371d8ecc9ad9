"""A mall with members in virtual time: lanes go offline, notes come late, the hub is killed; and an auditor."""
