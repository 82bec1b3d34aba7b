"""The wire of the sandbox: MTProto 2.0 data centres on loopback ports, for real clients.

Transports come from the library `mtproto`, objects from Telethon's TL classes, AES from `cryptg`
and `cryptography`. What is written here is the server's side of sessions: key exchange, salts,
sequence numbers, containers, acknowledgements and repeats.
Rules: https://core.telegram.org/mtproto
"""
