"""The book's chapters as a whole: which there are, what they were made from, executing them, building the pages."""
