"""Staff alerts: moderators are told that something new waits, by email or in a chat room.

kinds    what waits, and since when      models   subscriptions, and how far each was sent
emails   of moderators, by a job         webhook  to the newsroom's chat, by a scheduled command

An alert has counts and links: no words of comments, no names. It counts what waits when it leaves,
so decided items are not in it, and many events are one message.
"""
