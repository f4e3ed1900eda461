"""Files of entries: opened with care, checked row by row, kept until they are confirmed."""
