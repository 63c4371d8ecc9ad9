"""The price-list file: format, writer, reader and signed manifest; shared by hub and lane."""
