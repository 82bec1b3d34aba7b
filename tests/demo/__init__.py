"""`make demo`: the main job played from the phone to the finished archive, all on this machine.

A Telegram that fits on loopback, `chatkeep run` as its own process, and a person who sends
/start and /export. Ends with an error if the archive lacks a single message.
"""
