"""HTML of articles: sanitised when it is stored, with paragraphs, images and addresses."""
