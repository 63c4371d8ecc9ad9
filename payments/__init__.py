"""Pluggable payment gateways: the contract, the loader, one file for each gateway."""
