"""The Bot API over HTTP on loopback, as Telegram answers: https://core.telegram.org/bots/api"""
