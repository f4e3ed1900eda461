"""Words of the field as tables with look-ups: factors, units, marks, systems, regions."""
