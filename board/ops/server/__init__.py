"""Between Granian and the app: who gets a thread, and when.

workers       worker processes of Granian    dispatcher  cached page, thread, or body first
exchange      a request and its response     environ     the WSGI environment of a request
receiver      receives bodies, in no thread  download    responses too long for memory
sealed_spool  a body on disk, unreadable     places      how many bodies, and whose
pace          how slow a client may be       supervisor  starts workers that died again
"""
