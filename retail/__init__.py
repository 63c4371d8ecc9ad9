"""What a shop knows: codes, money, products, prices, baskets and sale events; pure, without I/O or clock."""
