"""Records that look alike: pairs of identifiers that are probably one person's.

Names and addresses are compared where they are; what reaches the warehouse is identifiers.
"""
