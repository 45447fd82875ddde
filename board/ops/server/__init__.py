"""Between Granian and the app: who gets a thread, and when.

worker      a worker process of Granian      dispatcher  cached page, thread, or body first
environ     WSGI environment and response    receiver    receives bodies, without a thread
pace        how slow a client may be         places      how many bodies, and whose
sealed_spool  a body on disk, unreadable     download    responses too long for memory
"""
