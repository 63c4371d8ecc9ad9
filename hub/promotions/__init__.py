"""Promotions at the hub: feeds in, checked against the store's prices, kept, published with the list."""
