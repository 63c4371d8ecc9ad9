"""The changes, oldest first; hub.database names the newest."""
