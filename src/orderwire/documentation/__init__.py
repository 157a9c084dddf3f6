"""The reference under docs/reference/, written from the code: `make docs` writes it, `make check` compares it."""
