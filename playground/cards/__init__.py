"""What a model card is made of, from a checkpoint's papers to a server's address."""
