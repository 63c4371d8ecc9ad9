"""Make-believe banks that speak the wallets' real protocols on the loopback: for demo, training and tests."""
