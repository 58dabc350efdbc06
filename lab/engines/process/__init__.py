"""The process engine: nginx and the applications as processes of one machine, without root and without containers."""
