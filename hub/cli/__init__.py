"""The commands of kiosk-hub, one file for each group of them."""
