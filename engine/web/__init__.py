"""The office's face: pages and API over the same roads as the command line. It translates, and decides nothing."""
