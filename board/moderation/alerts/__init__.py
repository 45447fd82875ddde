"""Staff alerts: moderators are told that something new waits, by email or in a chat room.

kinds    what waits, and since when      models   who wants to know, how often, and what was told
emails   of moderators, by a job         webhook  to the newsroom's chat, by a scheduled command

An alert has counts and links: no words of comments, no names. It says what waits when it leaves, so
whatever was decided meanwhile is not in it, and however much happened is one message.
"""
