"""The shop's side: takes price lists in, publishes them to the lanes and keeps their sales."""
