"""Scripted devices that ship with the product, for demo mode and tests; they keep the real contracts."""
