"""What collectors see in Google Cloud.

Ids are full resource names, `//compute.googleapis.com/projects/…`; `container` is the project (`projects/123`), folder
or organization that something belongs to, `location` its region, its zone or `global`.
"""
