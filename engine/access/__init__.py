"""Who is who, and who may knock: nothing is allowed until said.

Accounts are known by a password (`sessions`) or a token (`tokens`), and become a `Person`; `rules` says which deeds a person
may ask for. Whether one act on one obligation is allowed stays the law's, which knows parties and no accounts.
"""
