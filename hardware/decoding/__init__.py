"""How a picture becomes codes: find, cut out, let several decoders read, believe what agrees."""
