"""DOCX, XLSX, PPTX and their variants with macros. ECMA-376.

The cleaned copy is built anew along the relationships of the document: only parts, elements,
attributes and values arrive that are known to be seen by a reader. What a document reveals is
what its copy leaves out.
"""

from .document import clean as clean
from .document import inspect as inspect
