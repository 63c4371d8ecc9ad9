"""Joins the services to Qt, devices, the cache's files and gateways."""
