"""The hub's HTTP API, version 1: price lists for everybody, events, payments and sales for enrolled lanes."""
