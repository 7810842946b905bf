"""The pages, a file for each screen: what it reads, what it asks for, and which template shows it."""
