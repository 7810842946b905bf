"""How an installation stands: one look after another, each a finding with what to do about it. It changes nothing."""
