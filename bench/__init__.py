"""Measures what the lane's people feel, beside the least that the same thing could cost on the same machine."""
