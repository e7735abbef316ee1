"""What the store's owner does for whoever asks: writes of other processes, files imported beside."""
