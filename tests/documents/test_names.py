"""File names of strangers: whatever they are, what we keep is one short visible line that no system misreads."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from documents.filetypes import ending_of
from documents.names import clean_name

ANY = st.text(max_size=400) | st.from_regex(r"(\.\./|C:\\|/)*[^/]{0,300}\.pdf", fullmatch=True)
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@given(ANY)
@example("..")
@example("../../etc/passwd")
@example("C:\\Users\\bea\\statement.pdf")
@example("invoice\u202efdp.exe")
@example("a\r\nContent-Type: text/html\r\n\r\n<b>.pdf")
@example("x" * 300 + ".pdf")
@example("é" * 300 + ".jpeg")
@example("\ud800.pdf")
@example("")
def test_any_name_becomes_safe(raw):
    name = clean_name(raw)
    assert name
    assert len(name.encode()) <= 255
    assert not set(name) & set("/\\\0\r\n")
    assert not any(unicodedata.category(character) in HIDDEN for character in name)
    assert name == name.strip(" ")
    assert not name.startswith(".")
    assert name not in (".", "..")


@given(ANY)
def test_cleaning_twice_changes_nothing(raw):
    assert clean_name(clean_name(raw)) == clean_name(raw)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=400))
def test_the_ending_survives_the_cut(stem):
    assert ending_of(clean_name(f"{stem}.pdf")) == "pdf"


def test_what_people_see_is_kept():
    assert clean_name("C:\\fakepath\\Kontoauszug März (2).pdf") == "Kontoauszug März (2).pdf"
    assert clean_name("invoice\u202efdp.exe") == "invoicefdp.exe"
    assert clean_name("  two   spaces .pdf ") == "two spaces .pdf"
    assert clean_name("///") == "document"
