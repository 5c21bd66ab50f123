"""Papers for demo and tests: real small PDFs set by typst, and a drawn identity card. Every one says SPECIMEN."""

import io
import json
from dataclasses import dataclass, field

import typst
from PIL import Image, ImageDraw, ImageFont

_PAGE = """
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
#set page(paper: "us-letter", margin: 2.2cm, footer: context [
  #set text(8pt, fill: gray)
  SPECIMEN, made for demonstration #h(1fr) page #counter(page).display() of #counter(page).final().first()
])
#set text(10pt)
#for (number, sheet) in paper.sheets.enumerate() {
  if number > 0 { pagebreak() }
  grid(columns: (1fr, auto), text(16pt, weight: "bold", paper.issuer), text(9pt, fill: gray, paper.date))
  v(2pt)
  line(length: 100%, stroke: 0.6pt)
  v(8pt)
  heading(level: 1, paper.title)
  text(paper.name)
  v(10pt)
  table(
    columns: (1fr,) * sheet.first().len(), stroke: 0.4pt + gray, inset: 6pt,
    table.header(..sheet.first().map(cell => strong(cell))),
    ..sheet.slice(1).flatten()
  )
}
"""


@dataclass(frozen=True)
class Paper:
    title: str
    issuer: str
    name: str
    date: str
    sheets: list[list[list[str]]] = field(default_factory=list)


def make_pdf(paper: Paper) -> bytes:
    """The paper as a PDF with one page a sheet; each sheet is a table, header row first."""
    said = {key: getattr(paper, key) for key in ("title", "issuer", "name", "date", "sheets")}
    return typst.compile(_PAGE.encode(), sys_inputs={"paper": json.dumps(said)})


def pay_stub(name: str, date: str) -> bytes:
    rows = [
        ["Earnings", "Hours", "This period", "Year to date"],
        ["Regular", "80.00", "3,120.00", "68,640.00"],
    ]
    rows += [["Federal tax", "", "-412.00", "-9,064.00"], ["Net pay", "", "2,391.40", "52,610.80"]]
    return make_pdf(Paper("Earnings statement", "Lakeside Clinic", name, date, [rows]))


def bank_statement(name: str, date: str, pages: int = 3) -> bytes:
    sheets = []
    for page in range(pages):
        rows = [["Date", "Description", "Amount", "Balance"]]
        for line in range(18):
            amount = 40 + (page * 18 + line) * 7 % 230
            rows.append(
                [f"{line + 1:02d}", "Card purchase", f"-{amount}.00", f"{14200 - page * 900 - line * 45}.00"]
            )
        sheets.append(rows)
    return make_pdf(Paper("Account statement", "First Harbor Bank", name, date, sheets))


def w2_form(name: str, year: str) -> bytes:
    rows = [["Box", "What", "Amount"], ["1", "Wages, tips, other compensation", "78,200.00"]]
    rows += [["2", "Federal income tax withheld", "10,140.00"], ["5", "Medicare wages", "78,200.00"]]
    return make_pdf(Paper(f"Wage and tax statement {year}", "Lakeside Clinic", name, year, [rows]))


def tax_return(name: str, year: str) -> bytes:
    rows = [["Line", "What", "Amount"], ["1z", "Wages", "78,200"], ["11", "Adjusted gross income", "78,930"]]
    return make_pdf(Paper(f"Individual income tax return {year}", "Tax year copy", name, year, [rows, rows]))


def purchase_contract(name: str, date: str) -> bytes:
    rows = [
        ["Clause", "Agreed"],
        ["Price", "485,000"],
        ["Earnest money", "9,700"],
        ["Closing", "on or before"],
    ]
    return make_pdf(
        Paper("Residential purchase contract", "Buyer and seller", name, date, [rows, rows, rows])
    )


def plain_paper(title: str, name: str, date: str) -> bytes:
    rows = [["Item", "Detail"], ["For", name], ["Date", date], ["Reference", "0000 0000"]]
    return make_pdf(Paper(title, "Document of the borrower", name, date, [rows]))


def photo_id(name: str) -> bytes:
    """A drawn identity card as JPEG bytes, the size of a phone picture."""
    card = Image.new("RGB", (1600, 1010), "#E9F1F4")
    pen = ImageDraw.Draw(card)
    pen.rounded_rectangle([30, 30, 1570, 980], 48, outline="#5B7D8A", width=6)
    pen.rectangle([90, 240, 520, 820], fill="#C9D8DE")
    pen.ellipse([210, 330, 400, 560], fill="#8FA9B3")
    pen.pieslice([140, 560, 470, 1000], 180, 360, fill="#8FA9B3")
    large, small = ImageFont.load_default(76), ImageFont.load_default(48)
    pen.text((90, 90), "IDENTITY CARD  SPECIMEN", fill="#2F4858", font=large)
    for row, text in enumerate((name, "Born 1990-01-01", "Expires 2031-05-31", "No. S000-0000-0000")):
        pen.text((600, 270 + row * 120), text, fill="#23323A", font=small)
    picture = io.BytesIO()
    card.save(picture, "JPEG", quality=88)
    return picture.getvalue()
