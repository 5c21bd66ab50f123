"""
A fixture set of papers that borrowers send, right and wrong, and how often the hints are right about them.

`papers.py` and `writers.py` say what stands on each kind, `setting.py` sets it with typst in several layouts,
`pictures.py` makes scans, photos and screenshots of pages, `cases.py` is the list of what is sent for what,
`measuring.py` counts. All of it is seeded by the name of the case; nothing comes from a real paper.
"""
