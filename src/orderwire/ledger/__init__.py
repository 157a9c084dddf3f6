"""Memory: what happened, in order, sealed so that nobody can change it unseen, and provable to an outsider."""
