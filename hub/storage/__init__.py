"""The storage door: where published price lists lie, be it a folder or a bucket; the hub writes, anybody may serve."""
