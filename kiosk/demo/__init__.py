"""The demo: a whole shop on one machine, with a counter window to scan from or a scripted shopper without a screen."""
