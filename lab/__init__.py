"""badgateway: a fault-injection lab and training sandbox for people who read gateway errors."""

__version__ = "0.1.0"
