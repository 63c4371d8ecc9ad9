"""Use cases of a lane: one shopper's visit, payment, staff acts; knows neither Qt nor SQLite."""
