"""A depot of files for many customers."""
