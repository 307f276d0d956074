"""Audit and publish: the last two steps of a run.

Every mart is exported to a candidate directory, the candidate is audited by Great Expectations,
and only an accepted candidate becomes the published batch that readers see. Run it with
``python -m expectations publish``, read the result with ``python -m expectations summary``.
"""
