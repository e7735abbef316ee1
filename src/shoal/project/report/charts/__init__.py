"""Charts as SVG text, drawn in pixels at a wide and a narrow size; colours come from the page."""
