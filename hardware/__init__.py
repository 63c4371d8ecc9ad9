"""Devices of a lane: scanners, and later scale, printer and light. Knows no shop, no Qt, no kiosk."""
