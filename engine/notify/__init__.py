"""Say: an outbox message becomes words, and the words leave by a channel."""
