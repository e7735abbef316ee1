"""What goes out to others: messages signed, sent to guarded addresses, and tried again.

Nouns: Destination, Answer, Patience. Talks to the network; keeps nothing.
"""
