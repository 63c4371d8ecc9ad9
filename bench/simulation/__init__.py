"""A shop in virtual time: real tills, and around them a bank, a network, a disk and people that come from one seed."""
