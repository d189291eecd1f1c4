"""Quality and speed, measured on data that never ships."""
