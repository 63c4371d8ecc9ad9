"""Membership as lane and hub share it: the programme, consents, members' codes, sealed identities, points."""
