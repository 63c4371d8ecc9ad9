"""Pages of the hub for people with a browser: a member's own page."""
