"""The rows that all systems have: made up, the same on every machine."""

from pathlib import Path

CUSTOMERS = 1000
# ISBNs lie this far apart, so 5 million of them fit in nine digits and their order is that of their numbers.
STEP = 197

NOUNS = (
    "River Lantern Orchard Compass Harbour Meadow Winter Letter Garden Island Mirror Bridge Voyage Candle Forest "
    "Summer Castle Shadow Sparrow Market Journey Window Mountain Thread Anchor"
).split()
ADJECTIVES = (
    "Silent Golden Broken Distant Hidden Gentle Crooked Burning Quiet Ancient Restless Pale Wandering Bitter "
    "Hollow Bright Forgotten Little"
).split()
FIRST = "Ada Bram Clara Dorian Edith Felix Grace Henry Iris Jonas Katharina Leo Mabel Noor Oscar Petra Ruth".split()
LAST = "Abbott Brandt Castell Dunmore Ellery Falk Grainger Holloway Ibsen Jessop Kemble Larkin Moreau".split()
GENRES = "fiction non-fiction poetry history children travel science drama mystery philosophy".split()
CITIES = (("Pittsburgh", "PA"), ("Portland", "OR"), ("Austin", "TX"), ("Boston", "MA"), ("Denver", "CO"))


def isbn(number: int) -> str:
    """The ISBN-13 of the book with this number, from 0, with a valid check digit."""
    digits = f"978{number * STEP:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _mixed(number: int) -> int:
    """A number that looks like chance, the same for the same number."""
    mixed = (number + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    mixed = (mixed ^ mixed >> 31) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    return mixed ^ mixed >> 29


def book(number: int) -> tuple[str, str, str, str, str, int, int]:
    """ISBN, title, author, description, genre, price in cents, quantity; one book in eight is not in stock."""
    mixed = _mixed(number)
    noun, second = NOUNS[mixed % 25], NOUNS[mixed // 25 % 25]
    adjective = ADJECTIVES[mixed // 625 % 18]
    author = f"{FIRST[mixed // 11250 % 17]} {LAST[mixed // 191250 % 13]} {mixed // 2486250 % 97 + 1}"
    genre = GENRES[mixed // 241166250 % 10]
    title = f"The {adjective} {noun} and the {second}"
    description = f"A {adjective.lower()} tale of a {noun.lower()}, a {second.lower()} and “the {genre}” of {author}, "
    description += f"told in {mixed % 40 + 3} chapters with notes by the author."
    cents = mixed // 7 % 9900 + 100
    quantity = 0 if mixed % 8 == 0 else mixed // 13 % 500 + 1
    return isbn(number), title, author, description, genre, cents, quantity


def book_json(number: int, quantity: int) -> dict:
    """A book as REST has it, with another quantity."""
    code, title, author, description, genre, cents, _ = book(number)
    return {
        "ISBN": code, "title": title, "Author": author, "description": description,
        "genre": genre, "price": cents / 100, "quantity": quantity,
    }  # fmt: skip


def customer(number: int) -> tuple:
    """A customer, whose number is from 1 on: id, user id, name, phone, address (5 columns)."""
    mixed = _mixed(number)
    name = f"{FIRST[mixed % 17]} {LAST[mixed // 17 % 13]}"
    city, state = CITIES[mixed // 221 % 5]
    address2 = f"Apt. {mixed % 90 + 1}" if mixed % 3 == 0 else None
    phone = f"+1 555 {mixed // 1105 % 10000:04d}"
    return (
        number, f"{name.replace(' ', '.').lower()}.{number}@example.com", name, phone,
        f"{mixed % 999 + 1} Grant Street", address2, city, state, f"{mixed % 90000 + 10000}",
    )  # fmt: skip


def write_books(file: Path, count: int) -> None:
    """The first `count` books, as tab-separated values that LOAD DATA reads."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines("\t".join(map(str, book(number))) + "\n" for number in range(count))


def write_customers(file: Path) -> None:
    """All customers, as tab-separated values that LOAD DATA reads."""
    rows = (customer(number) for number in range(1, CUSTOMERS + 1))
    lines = ("\t".join("\\N" if value is None else str(value) for value in row) for row in rows)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
