"""The sections of the page, one file each: a Report in, markup out."""
