"""The words of who came in, and the condition in SQL of who was turned away: every other word."""

CAME_IN = ("signed_in", "signed_out", "password_changed", "link_used", "token_made", "token_revoked")
TURNED_AWAY = f"what NOT IN ({', '.join(map(repr, CAME_IN))})"  # the other words of a row of `sign_in`
