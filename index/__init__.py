"""Articles become chunks, vectors and a FAISS index on disk; a question becomes hits."""
