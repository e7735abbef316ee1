"""Sources of a project: folders, databases and buckets that are looked at and imported from."""
