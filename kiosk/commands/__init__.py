"""The commands of `kiosk` that stand on their own, a file each: `add_commands` puts one into the parser."""
