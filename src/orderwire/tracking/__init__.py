"""What happened, read for people: lists, sentences, timelines. Reads records and never changes them."""
