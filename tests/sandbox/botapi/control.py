"""The phone and the faults over HTTP, for a test or a person in another process.

All under `/phone` of the Bot API's server; bodies and answers are JSON:

- `GET /phone` the people and groups; `POST /phone {first_name, username}` one more person
- `GET /phone/<user>/messages?chat=&after=&text=&timeout=` what the phone shows; with `text` it
  waits until the bot has shown that
- `POST /phone/<user>/say {text, chat?, reply_to?}`, `/tap {message_id, button, chat?, version?}`,
  `/edit {message_id, text, chat?}`, `/delete {message_id, chat?}`, `/inline {query}`,
  `/pick-chat {button, chat_id, title, username?}`, `/block`, `/unblock`
- `POST /phone/groups {title, members, type?}` a group with the bot in it
- `POST /phone/faults {on_side: "bot" | "telegram", fault, …}` one scripted fault, its arguments
  as `BotFaults` and `Faults` name them; `GET /phone/faults` what was asked of the Bot API
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from itertools import count
from typing import Any

from aiohttp import web

from tests.sandbox.botapi.errors import Json
from tests.sandbox.botapi.messages import Chat, Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone
from tests.sandbox.screen import NotSeenError

BOT_FAULTS = frozenset({
    "too_many_requests", "storm", "server_error", "fail", "slow", "cut_before_effect",
    "cut_after_effect", "clear",
})  # fmt: skip
TELEGRAM_FAULTS = frozenset({
    "flood_wait", "cut_before_answer", "cut_amid_answer", "slow", "server_error", "no_answer",
    "fail", "clear",
})  # fmt: skip
FIRST_STRANGER_ID = 6_200_000_001


class Control:
    """Routes for one Bot API; `telegram_faults` is the script of the MTProto side, if any."""

    def __init__(self, bot_api: BotApi, telegram_faults: object = None) -> None:
        self._bot_api = bot_api
        self._state = bot_api.state
        self._telegram_faults = telegram_faults
        self._phones: dict[int, Phone] = {}
        self._ids = count(FIRST_STRANGER_ID)
        actions: dict[str, Callable[[Phone, Json], Awaitable[Any]]] = {
            "say": self._say,
            "tap": self._tap,
            "edit": self._edit,
            "delete": self._delete,
            "inline": self._inline,
            "pick-chat": self._pick_chat,
            "block": self._block,
            "unblock": self._unblock,
        }
        router = bot_api.app.router
        router.add_get("/phone", self._people)
        router.add_post("/phone", self._add_person)
        router.add_post("/phone/groups", self._add_group)
        router.add_get("/phone/faults", self._asked)
        router.add_post("/phone/faults", self._add_fault)
        router.add_get("/phone/{user}/messages", self._messages)
        for name, action in actions.items():
            router.add_post(f"/phone/{{user}}/{name}", _route(self._phone, action))

    def add_phone(self, person: Person) -> Phone:
        """A phone for the person, from now on reachable by their id."""
        self._phones[person.id] = Phone(self._state, person)
        return self._phones[person.id]

    def new_person(self, first_name: str, **rest: Any) -> Phone:
        return self.add_phone(Person(id=next(self._ids), first_name=first_name, **rest))

    # -- people and groups --------------------------------------------------------------------

    async def _people(self, request: web.Request) -> web.Response:
        people = [phone.person.to_json() for phone in self._phones.values()]
        groups = [chat.to_json() for chat in self._state.chats.values() if not chat.is_private]
        return web.json_response({"people": people, "groups": groups})

    async def _add_person(self, request: web.Request) -> web.Response:
        body = await request.json()
        phone = self.new_person(body.get("first_name", "Somebody"), username=body.get("username"))
        return web.json_response(phone.person.to_json())

    async def _add_group(self, request: web.Request) -> web.Response:
        body = await request.json()
        members = [self._state.people[int(user_id)] for user_id in body.get("members", [])]
        chat_type = body.get("type", "supergroup")
        chat = self._state.add_group(body["title"], members, chat_type=chat_type)
        return web.json_response(chat.to_json())

    # -- what one person does -----------------------------------------------------------------

    async def _messages(self, request: web.Request) -> web.Response:
        phone, query = self._phone(request), request.query
        chat = self._chat(phone, dict(query))
        after = chat.messages.get(int(query.get("after", 0)))
        if "text" in query:
            try:
                timeout_s = float(query.get("timeout", 10))
                seen = await phone.wait_for(query["text"], timeout_s, chat=chat, after=after)
            except NotSeenError as error:
                return _refused(504, str(error))
            return web.json_response(shown(seen))
        messages = phone.messages_in(chat)
        later = [message for message in messages if after is None or message.id > after.id]
        return web.json_response([shown(message) for message in later])

    async def _say(self, phone: Phone, body: Json) -> Json:
        chat = self._chat(phone, body)
        reply_to = chat.messages.get(int(body.get("reply_to") or 0))
        return shown(await phone.say(body["text"], chat=chat, reply_to=reply_to))

    async def _tap(self, phone: Phone, body: Json) -> Json:
        message = self._message(phone, body)
        version = int(body.get("version", -1))
        return asdict(await phone.tap(message, body["button"], version=version))

    async def _edit(self, phone: Phone, body: Json) -> Json:
        return shown(await phone.edit(self._message(phone, body), body["text"]))

    async def _delete(self, phone: Phone, body: Json) -> Json:
        await phone.delete(self._message(phone, body))
        return {}

    async def _inline(self, phone: Phone, body: Json) -> list[Json]:
        return await phone.inline_query(body["query"])

    async def _pick_chat(self, phone: Phone, body: Json) -> Json:
        title, username = body.get("title", ""), body.get("username")
        chat_id = int(body["chat_id"])
        return shown(await phone.pick_chat(body["button"], chat_id, title=title, username=username))

    async def _block(self, phone: Phone, body: Json) -> Json:
        await phone.block()
        return {}

    async def _unblock(self, phone: Phone, body: Json) -> Json:
        await phone.unblock()
        return {}

    # -- faults -------------------------------------------------------------------------------

    async def _asked(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(asked) for asked in self._bot_api.faults.log])

    async def _add_fault(self, request: web.Request) -> web.Response:
        body = await request.json()
        side, name = body.pop("on_side", "bot"), body.pop("fault", "")
        known = BOT_FAULTS if side == "bot" else TELEGRAM_FAULTS
        if name not in known:
            return _refused(400, f"no fault {name!r} there, only {', '.join(sorted(known))}")
        script = self._bot_api.faults if side == "bot" else self._telegram_faults
        getattr(script, name)(**body)
        return web.json_response({})

    # -- finding things -----------------------------------------------------------------------

    def _phone(self, request: web.Request) -> Phone:
        user = request.match_info["user"]
        if not user.isdigit() or int(user) not in self._phones:
            raise web.HTTPNotFound(text=f"nobody has the id {user}")
        return self._phones[int(user)]

    def _chat(self, phone: Phone, named: Json) -> Chat:
        chat_id = int(named.get("chat") or phone.private.id)
        if chat_id not in self._state.chats:
            raise web.HTTPNotFound(text=f"there is no chat {chat_id}")
        return self._state.chats[chat_id]

    def _message(self, phone: Phone, body: Json) -> Message:
        chat = self._chat(phone, body)
        message = self._state.find_message(chat, int(body["message_id"]))
        if message is None:
            raise web.HTTPNotFound(text=f"there is no message {body['message_id']}")
        return message


def shown(message: Message) -> Json:
    """The message as `Phone` has it: `Message.to_json` and what only the phone knows."""
    return {
        **message.to_json(),
        "text": message.text,
        "buttons": message.buttons,
        "reply_buttons": message.reply_buttons,
        "silent": message.silent,
        "from_bot": message.sender.is_bot,
        "reactions": message.reactions,
        "frames": [asdict(frame) for frame in message.frames],
    }


def _route(
    phone_of: Callable[[web.Request], Phone], action: Callable[[Phone, Json], Awaitable[Any]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        phone = phone_of(request)
        body: Json = await request.json() if request.can_read_body else {}
        try:
            return web.json_response(await action(phone, body))
        except KeyError as error:
            return _refused(400, f"the field {error} is missing")
        except LookupError as error:
            return _refused(404, str(error))
        except NotSeenError as error:
            return _refused(504, str(error))

    return answer


def _refused(status: int, reason: str) -> web.Response:
    return web.json_response({"error": reason}, status=status)
