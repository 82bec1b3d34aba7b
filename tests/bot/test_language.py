"""Each person hears their own language, with its numbers, plurals, dates and sizes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot import cards, option_texts, schedule_texts, texts
from bot.language import languages, speaking
from storage.alerts import AlertKind, News, add_alert
from storage.database import Database
from storage.media import SkipReason
from storage.models import JobState, Phase, Progress
from storage.people import People
from storage.plans import Plan
from storage.wording import Sentence
from tests.bot.running import OWNER, NewBot, RunningBot, Worker, summary
from tests.bot.test_cards import EXPORTS, FIRST, NOW, fetching, job
from tests.sandbox.botapi.messages import Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

MIA = 6_200_000_042
ALPINE = -1001234567890
FULL = "Free some space, then try again; what was archived so far is kept."
A_PHONES_LINE = 36
"""Characters that a phone of 390 px does not wrap."""


@pytest.fixture
def russian(bot_api: BotApi) -> Phone:
    """The owner's phone, set to Russian as it is spoken in Russia."""
    person = Person(id=OWNER, first_name="Ольга", language_code="ru-RU", started=True)
    return Phone(bot_api.state, person)


def plain(text: str) -> str:
    """With spaces that break, which are easier to read here."""
    return text.replace(texts.NO_BREAK, " ")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ru", "5 сообщений"),
        ("ru-RU", "5 сообщений"),
        ("RU_ru", "5 сообщений"),
        ("en", "5 messages"),
        ("en-US", "5 messages"),
        ("de", "5 messages"),
        ("rumantsch", "5 messages"),
        ("../ru", "5 messages"),
        ("", "5 messages"),
        (None, "5 messages"),
    ],
)
def test_a_phone_is_answered_in_its_language_or_else_in_english(
    code: str | None, expected: str
) -> None:
    with speaking(code):
        assert texts.messages(5) == expected


def test_a_language_lasts_as_long_as_its_message() -> None:
    with speaking("ru"):
        with speaking("en"):
            assert str(texts.PAUSED) == "Paused."
        assert str(texts.PAUSED) == "Пауза."
    assert str(texts.PAUSED) == "Paused."


@pytest.mark.parametrize(
    ("amount", "messages", "files", "new"),
    [
        (0, "0 сообщений", "0 файлов", "0 новых"),
        (1, "1 сообщение", "1 файл", "1 новое"),
        (2, "2 сообщения", "2 файла", "2 новых"),
        (5, "5 сообщений", "5 файлов", "5 новых"),
        (11, "11 сообщений", "11 файлов", "11 новых"),
        (21, "21 сообщение", "21 файл", "21 новое"),
        (22, "22 сообщения", "22 файла", "22 новых"),
        (101, "101 сообщение", "101 файл", "101 новое"),
        (1_000_000, "1 000 000 сообщений", "1 000 000 файлов", "1 000 000 новых"),
    ],
)
def test_russian_has_three_forms(amount: int, messages: str, files: str, new: str) -> None:
    made = summary(amount, media_kept=amount, media_bytes=1)
    with speaking("ru"):
        said = texts.messages(amount), texts.files(made) or "0 файлов, 1 Б", texts.changes(made)

    assert [plain(text) for text in said] == [messages, f"{files}, 1 Б", new]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ["52,300", "3.2 GB", "12 min", "Thu 26 Nov, 03:00", "Mon, Thu at 03:00"]),
        ("ru", ["52 300", "3,2 ГБ", "12 мин", "чт, 26 ноября, 03:00", "пн, чт в 03:00"]),
    ],
)
def test_numbers_sizes_and_times_are_written_as_people_there_do(
    code: str, expected: list[str]
) -> None:
    with speaking(code):
        said = [
            texts.number(52_300),
            texts.size(3_200_000_000),
            texts.duration(720),
            schedule_texts.moment(datetime(2026, 11, 26, 3, tzinfo=UTC), UTC),
            schedule_texts.when("0 3 * * 1,4"),
        ]

    assert " " not in "".join(said[:3]), "a phone must not part them"
    assert [plain(text) for text in said] == expected


@pytest.mark.parametrize("code", languages())
def test_lines_with_figures_fit_a_phone_in_every_language(code: str) -> None:
    huge = 123_456_789
    full = Progress(
        phase=Phase.FETCHING,
        messages=98_765_432,
        total=huge,
        rate=12_345.6,
        files=98_765_432,
        files_total=huge,
        file_bytes=999_900_000_000,
        file_bytes_total=999_900_000_000_000,
        byte_rate=999_900_000.0,
        eta=NOW + timedelta(hours=23, minutes=59),
    )
    saved = summary(
        huge,
        edited=98_765,
        deleted=98_765,
        media_kept=huge,
        media_bytes=999_900_000_000_000,
        media_skipped_by=dict.fromkeys(SkipReason, 123_456),
        duration_s=86_399.0,
        rate=1234.5,
    )
    plan = Plan(
        chat=saved.chat,
        held=1,
        messages=98_765_432,
        files={},
        fetch_bytes=999_900_000_000,
        kept_bytes=999_900_000_000,
        duration_s=86_399.0,
        free_bytes=999_900_000_000_000,
    )
    with speaking(code):
        lines = texts.progress_lines(full)
        lines += [texts.so_far(huge), texts.messages(huge), texts.time_left(full.eta or NOW, NOW)]
        lines += [texts.messages(saved.new), texts.files(saved) or "", texts.took(saved)]
        lines += (texts.files_left_out(saved) or "").split("\n")
        lines += option_texts.plan(plan).split("\n")

    assert [line for line in lines if len(line) > A_PHONES_LINE] == []


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("state", JobState)
def test_cards_and_endings_stay_short_whatever_they_say(code: str, state: JobState) -> None:
    """Far below Telegram's 4,096 characters; a card is to be seen at a glance."""
    any_job = job(
        state,
        progress=fetching(title="Ж" * 128, permission=True, eta=NOW + timedelta(hours=5)),
        error="Ж" * 5000,
        summary=summary(10, media_skipped_by=dict.fromkeys(SkipReason, 9)),
        joined_job_id=8,
    )
    with speaking(code):
        card = cards.card(any_job, queue=FIRST, now=NOW)
        told = cards.ending(any_job, export_dir=EXPORTS)
        buttons = card.keyboard.inline_keyboard if card.keyboard else []

    assert len(card.text) <= 700
    assert told is None or len(told.render()[0]) <= 1400
    assert all(len(button.text) <= 14 for row in buttons for button in row)


@pytest.mark.parametrize("code", languages())
def test_toasts_and_captions_and_buttons_stay_within_their_limits(code: str) -> None:
    """https://core.telegram.org/bots/api: answerCallbackQuery 200, caption 1,024."""
    toasts = [
        *(texts.OUT_OF_DATE, texts.ALREADY_FINISHED, texts.NO_DELIVERY, texts.CANCELLING),
        *(texts.PAUSING, texts.ASKED, texts.ALREADY_PACKING, texts.BUSY, texts.APOLOGY),
        *(option_texts.LOOKING, option_texts.LAST_ONE_STAYS, schedule_texts.RESTS),
    ]
    with speaking(code):
        said = [str(toast) for toast in toasts]
        said += [texts.already_running(10**9, queued=queued) for queued in (False, True)]
        caption = texts.parcel(1000, 1000, "Ж" * 2000, first=True)
        labels = [texts.button(name) for name in texts.BUTTONS]

    assert max(map(len, said)) <= 200
    assert len(caption) <= 1024
    assert max(map(len, labels)) <= 14


async def test_a_whole_conversation_is_russian(
    bot: RunningBot, russian: Phone, worker: Worker
) -> None:
    await russian.say("/start")
    await russian.wait_for("Сохраняю чаты Telegram на ваш собственный диск.")
    await russian.say("/help")
    await russian.wait_for("/users показывает, у кого есть доступ.")

    await russian.say("/export @alpine")
    running = await worker.claim()
    await worker.report(running, 52_300, 100_540, rate=35.0)
    card = await russian.wait_for(lambda said: "52 300 из 100 540" in plain(said.text))
    assert [button for row in card.buttons for button in row] == ["Пауза", "Отменить"]
    await russian.say("/export @alpine")
    await russian.wait_for("Этот экспорт уже идёт под номером 1.")

    toast = await russian.tap(card, "Отменить")
    assert toast.text == "Точно отменить?"
    await russian.wait_for("Отменить? 52\u00a0300 сообщений останутся.")
    await russian.tap(card, "Не отменять")
    await worker.finish(running, 100_541, edited=2, media_kept=21, media_bytes=3_200_000_000)

    told = await russian.wait_for("за 2\u00a0мин")
    assert plain(told.text).split("\n")[:4] == [
        "✅ \u2068Alpine Hikers\u2069: сохранено",
        "100 541 сообщение",
        "100 541 новое · 2 изменено",
        "21 файл, 3,2 ГБ",
    ]
    await russian.say("/jobs")
    await russian.wait_for("Недавно\n✅ 1 · \u2068Alpine Hikers\u2069 · 100\u00a0541 сообщение")
    assert [said.text for said in russian.received if _is_english(said)] == []


async def test_what_the_exporter_says_is_translated_on_the_way_to_the_phone(
    bot: RunningBot, russian: Phone, worker: Worker, database: Database
) -> None:
    await russian.say("/export @alpine")
    job = await worker.claim()
    soon = datetime.now(UTC) + timedelta(minutes=2)
    lost = Sentence("No connection to Telegram; trying again")
    await worker.report(job, 520, wait_until=soon, wait_reason=lost)
    await russian.wait_for("⏳ Нет связи с Telegram; попробую ещё раз через 2")
    words = Sentence("The disk is full: there is no room for {path}. " + FULL, path="/srv/x")
    await worker.jobs.fail(job.id, job.fence, words)
    await russian.wait_for("Диск заполнен: для /srv/x нет места.")

    async with database.write() as connection:
        await add_alert(connection, News(kind=AlertKind.DEACTIVATED, account_id=1, account="Olga"))

    await russian.wait_for("Telegram отключил аккаунт \u2068Olga\u2069.")


async def test_the_same_conversation_is_english_for_a_language_that_there_is_not(
    bot: RunningBot, bot_api: BotApi, worker: Worker
) -> None:
    person = Person(id=OWNER, first_name="Olga", language_code="de", started=True)
    german = Phone(bot_api.state, person)

    await german.say("/export @alpine")
    running = await worker.claim()
    await worker.report(running, 52_300, 100_540)
    card = await german.wait_for("Messages 52,300 of 100,540")
    await german.tap(card, "Cancel")
    await german.wait_for("Cancel? 52,300 messages stay saved.")
    await german.tap(card, "Keep going")
    await worker.finish(running, 100_541)

    await german.wait_for("100,541 messages\n100,541 new")


async def test_what_the_bot_says_by_itself_after_a_restart_is_in_the_persons_language(
    new_bot: NewBot, russian: Phone, worker: Worker
) -> None:
    async with new_bot() as bot:
        await russian.say("/export @alpine")
        running = await worker.claim()
        await worker.report(running, 520)
        await russian.wait_for("Сообщения: 520 из")
        await bot.kill()

    async with new_bot():
        await worker.finish(running)
        await russian.wait_for("сохранено")


async def test_somebody_who_changes_their_language_is_answered_in_it_from_then_on(
    bot: RunningBot, russian: Phone, worker: Worker
) -> None:
    await russian.say("/export @alpine")
    running = await worker.claim()
    await worker.report(running, 520)
    await russian.wait_for("Сообщения: 520 из")

    russian.person.language_code = "en"
    await russian.say("/status")
    await russian.wait_for("Queue: 1 running")

    await russian.wait_for("Messages 520 of 1,000")


async def test_each_of_two_people_hears_their_own_language(
    bot: RunningBot, bot_api: BotApi, russian: Phone, database: Database
) -> None:
    """A member is told in English what a Russian owner does, and a stranger's name the owner."""
    mia = Phone(bot_api.state, Person(id=MIA, first_name="Mia", language_code="en", started=True))
    await russian.say("/status")
    await russian.wait_for("Очередь пуста")
    await mia.say("/start")
    await mia.wait_for("This bot is private.")
    await russian.wait_for("пишет мне, доступа нет. Чтобы открыть: /allow")
    await People(database).allow(MIA, by=OWNER)

    await russian.say(f"/grant {MIA} {ALPINE}")
    await russian.wait_for("теперь открыт для")

    await mia.wait_for(f"is open to you now: /export {ALPINE}")


async def test_a_group_is_told_in_the_language_of_who_asked(
    bot: RunningBot, bot_api: BotApi, russian: Phone, worker: Worker
) -> None:
    group = bot_api.state.add_group("Группа", [russian.person])
    await russian.say("/export @alpine", chat=group)

    await russian.wait_for("Продолжим в личном чате", chat=group)


async def test_the_commands_are_offered_in_every_language(
    bot: RunningBot, bot_api: BotApi, russian: Phone
) -> None:
    await russian.say("/start")
    await russian.wait_for("Сохраняю чаты")

    offered = {
        code or "": {command["command"]: command["description"] for command in commands}
        for (_, code), commands in bot_api.state.commands.items()
    }

    assert offered["ru"]["export"] == "Сохранить чат"
    assert offered[""]["export"] == "Save a chat"
    assert offered["ru"].keys() == offered[""].keys()


def _is_english(message: Message) -> bool:
    letters = [char for char in message.text.lower() if char.isalpha()]
    latin = [char for char in letters if "a" <= char <= "z"]
    return len(latin) > len(letters) / 2
