"""Webhooks: other systems of the newsroom are told what happened to comments and accounts.

models    the tables                       events    what is recorded, in the write that it reports
payload   the JSON of a message            delivery  signed requests, and the next try
secrets   keys of signatures, encrypted    views     pages of the desk

Signatures and headers follow Standard Webhooks 1.0.0.
"""
