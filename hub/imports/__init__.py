"""Price lists of other systems as catalogue items: the feeds we know by name, and any CSV or XLSX by a mapping."""
