"""What every request passes through before a page sees it, outermost first: trace, proxy, headers, sieve, limits, origin."""
