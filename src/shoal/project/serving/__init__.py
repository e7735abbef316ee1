"""A project that is served: events in, membership kept live, and what is told of it."""
