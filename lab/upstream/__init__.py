"""The applications that get broken: a small shop, and the payments service behind it.

Nothing here imports anything else of the lab: from its own point of view it is an ordinary application.
"""
