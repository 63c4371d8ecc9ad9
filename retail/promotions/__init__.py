"""Promotions: what a shop offers, and the cheapest lawful way to take it."""
